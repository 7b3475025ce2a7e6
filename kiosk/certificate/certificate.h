// The certificate model: what is printed on a 特种作业操作证, new form of 2019 (reference sheet
// "certificates", §3.2). One card per operation item: the key is number + item code.
#pragma once

#include <string>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/picture.h"

namespace cardrig::certificate {

struct Certificate {
  std::string permit_id;  ///< the platform's key of this certificate
  std::string number;  ///< 证号: `T` + ID number
  std::string name;  ///< 姓名
  std::string sex;  ///< 男 / 女
  std::string category_code;  ///< "2"
  std::string category;  ///< 作业类别, 焊接与热切割作业
  std::string item_code;  ///< "2.1"
  std::string item;  ///< 操作项目, 熔化焊接与热切割作业
  Date first_issued;  ///< 初领日期
  Date valid_from;  ///< 有效期限
  Date valid_to;
  Date review_due;  ///< 应复审日期
  std::string authority;  ///< 签发机关
  std::string qr_payload;  ///< marked content of the simulation; the real one is not public
  PicturePtr photo;  ///< the platform's electronic photo, BGR; null if it has none
};

}  // namespace cardrig::certificate
