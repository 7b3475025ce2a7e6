#include "scenarios/engine/permits.h"

#include "kiosk/certificate/directory.h"
#include "kiosk/runtime/rig_args.h"

namespace cardrig::scenario {

using nlohmann::json;

namespace {

constexpr int kValid_years = 6;
constexpr int kReview_years = 3;

}  // namespace

Result<mock_platform::Permit, RigReason> make_permit(
    const std::vector<fixtures::PersonFixture>& people, const json& args, const Date& today) {
  const auto id = rig_arg<std::string>(args, "id", "the permit's id");
  const auto person_id = rig_arg<std::string>(args, "person", "a person");
  const auto item_code = rig_arg<std::string>(args, "item", "an item code such as \"2.1\"");
  if (!id) return tl::unexpected(id.error());
  if (!person_id) return tl::unexpected(person_id.error());
  if (!item_code) return tl::unexpected(item_code.error());
  const auto* person = fixtures::find_person(people, *person_id);
  const auto* item = certificate::find_item(*item_code);
  const auto* category = certificate::category_of(*item_code);
  const auto state = mock_platform::permit_state(args.value("state", "approved"));
  if (person == nullptr || item == nullptr || category == nullptr || !state) {
    return fail(RigReason::kBadArguments, "the permit names a person, item or state that is none");
  }
  mock_platform::Permit permit;
  permit.permit_id = *id;
  permit.person = {person->kind, person->number, person->name};
  permit.state = *state;
  permit.record_number = args.value("number", "");
  permit.listed = args.value("listed", true);
  if (!permit.record_number.empty() && !mock_platform::is_record_number(permit.record_number)) {
    return fail(RigReason::kBadArguments, "the permit's number is none: 8 to 16 of 0-9 A-Z");
  }
  auto& c = permit.certificate;
  c.permit_id = *id;
  c.name = person->name;
  c.sex = person->sex_code == 1 ? "男" : "女";
  c.category_code = category->code;
  c.category = category->name;
  c.item_code = item->code;
  c.item = item->name;
  c.first_issued = today;
  c.valid_from = today;
  c.valid_to = add_days(add_years(today, kValid_years), -1);
  c.review_due = add_years(today, kReview_years);
  c.authority = "测试省应急管理厅";
  if (args.value("photo", true)) {
    c.photo = person->id_photo ? person->id_photo : person->drawn_id_photo;
  }
  return permit;
}

}  // namespace cardrig::scenario
