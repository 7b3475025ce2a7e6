#include "tests/kiosk/certificate/sample_certificate.h"

#include "kiosk/certificate/directory.h"
#include "kiosk/certificate/qr_payload.h"
#include "tests/kiosk/certificate/drawn_portrait.h"

namespace cardrig::tests {

certificate::Certificate sample_certificate() {
  certificate::Certificate c;
  c.permit_id = "permit-0001";
  c.number = "T11010519491231002X";
  c.name = "张晓龘";
  c.sex = "女";
  c.category_code = "2";
  c.category = certificate::find_category("2")->name;
  c.item_code = "2.1";
  c.item = certificate::find_item("2.1")->name;
  c.first_issued = {2020, 11, 20};
  c.valid_from = {2026, 11, 20};
  c.valid_to = {2032, 11, 19};
  c.review_due = {2029, 11, 19};
  c.authority = "示例省应急管理厅";
  c.photo = drawn_portrait();
  c.qr_payload = certificate::make_qr_payload(c);
  return c;
}

}  // namespace cardrig::tests
