// From the rig's words to the platform's calls.
#include "mock-platform/rig/platform_rig.h"

#include "mock-platform/json_codec.h"
#include "simulators/world/fault_verbs.h"

namespace cardrig::mock_platform {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

Answer bad(std::string why) { return fail(RigReason::kBadArguments, std::move(why)); }

std::string text_of(const json& args, const char* key) {
  const auto it = args.find(key);
  return it != args.end() && it->is_string() ? it->get<std::string>() : std::string();
}

json to_json(const PermitView& view) {
  return {{"state", to_string(view.state)}, {"claim", to_string(view.claim)},
          {"delivered", view.delivered},    {"captured", view.captured},
          {"spoilt", view.spoilt},          {"no_card", view.no_card},
          {"unknown", view.unknown},        {"foreign_lookups", view.foreign_lookups}};
}

/// The photo of a permit's certificate: absent is none, and that is allowed.
Result<PicturePtr, RigReason> photo_of(const json& certificate) {
  const auto it = certificate.find("photo");
  if (it == certificate.end() || it->is_null()) return PicturePtr();
  const auto wrong = fail(RigReason::kBadArguments,
                          R"("photo" must be {"format": "png", "base64": …} and hold a picture)");
  if (!it->is_object() || text_of(*it, "format") != "png") return wrong;
  const auto coded = from_base64(text_of(*it, "base64"));
  const auto picture = coded ? decode_png(*coded) : nullptr;
  if (!picture) return wrong;
  return picture;
}

}  // namespace

Answer PlatformRig::send(const RigMessage& message) {
  const auto& [verb, args] = message;
  if (!args.is_object()) return bad("the arguments must be an object");
  if (verb.starts_with("fault")) return sim::send_fault_verb(faults_, message);
  if (verb == "platform.add_permit") return add_permit(args);
  for (const char* known : {"permit", "approve", "revoke", "withdraw", "free"}) {
    if (verb != std::string("platform.") + known) continue;
    const std::string permit_id = text_of(args, "permit");
    if (permit_id.empty()) return bad("\"permit\" must be the id of a permit");
    return act(verb, permit_id);
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
}

Answer PlatformRig::act(const std::string& verb, const std::string& permit_id) {
  const auto view = platform_.find_permit(permit_id);
  if (!view) return bad("there is no permit \"" + permit_id + "\"");
  if (verb == "platform.permit") return to_json(*view);
  bool changed = false;
  if (verb == "platform.approve") changed = platform_.approve(permit_id);
  if (verb == "platform.revoke") changed = platform_.revoke(permit_id);
  if (verb == "platform.withdraw") changed = platform_.withdraw(view->attempt_id);
  if (verb == "platform.free") changed = platform_.free(permit_id);
  if (changed) return json::object();
  return fail(RigReason::kNotPossibleNow, permit_id + " is not in a state for " + verb);
}

Answer PlatformRig::add_permit(const json& args) {
  Permit permit;
  permit.permit_id = text_of(args, "permit_id");
  if (!is_id(permit.permit_id)) return bad("\"permit_id\" must be an id");
  const auto person = person_from_json(args.value("person", json()));
  if (!person) return bad("\"person\" must hold document_type, id_number and name");
  const json fields = args.value("certificate", json());
  const auto certificate = certificate_from_json(fields);
  if (!certificate) return bad("\"certificate\" lacks a field, or one has another form");
  const auto state = permit_state(text_of(args, "state"));
  if (!state) return bad("\"state\" must be approved, pending, revoked, issued or ended");
  const auto photo = photo_of(fields);
  if (!photo) return tl::unexpected(photo.error());
  if (!take_record(args, permit)) {
    return bad(R"("record_number" must be 8 to 16 characters 0-9 A-Z, "listed" true or false)");
  }
  permit.person = *person;
  permit.certificate = *certificate;
  permit.certificate.photo = *photo;
  permit.state = *state;
  platform_.add_permit(permit);
  return json::object();
}

}  // namespace cardrig::mock_platform
