// The code tables as data.
#include "kiosk/identity/code_tables.h"

#include <algorithm>
#include <array>

namespace cardrig::identity {

namespace {

constexpr std::array kProvinces{
    Code{"11", "北京"},   Code{"12", "天津"}, Code{"13", "河北"}, Code{"14", "山西"},
    Code{"15", "内蒙古"}, Code{"21", "辽宁"}, Code{"22", "吉林"}, Code{"23", "黑龙江"},
    Code{"31", "上海"},   Code{"32", "江苏"}, Code{"33", "浙江"}, Code{"34", "安徽"},
    Code{"35", "福建"},   Code{"36", "江西"}, Code{"37", "山东"}, Code{"41", "河南"},
    Code{"42", "湖北"},   Code{"43", "湖南"}, Code{"44", "广东"}, Code{"45", "广西"},
    Code{"46", "海南"},   Code{"50", "重庆"}, Code{"51", "四川"}, Code{"52", "贵州"},
    Code{"53", "云南"},   Code{"54", "西藏"}, Code{"61", "陕西"}, Code{"62", "甘肃"},
    Code{"63", "青海"},   Code{"64", "宁夏"}, Code{"65", "新疆"}, Code{"71", "台湾"},
    Code{"81", "香港"},   Code{"82", "澳门"}, Code{"83", "台湾"},
};

// 97 and 98 are not in GB/T 3304 proper, but cards carry them.
constexpr std::array kEthnicGroups{
    Code{"01", "汉"},       Code{"02", "蒙古"},
    Code{"03", "回"},       Code{"04", "藏"},
    Code{"05", "维吾尔"},   Code{"06", "苗"},
    Code{"07", "彝"},       Code{"08", "壮"},
    Code{"09", "布依"},     Code{"10", "朝鲜"},
    Code{"11", "满"},       Code{"12", "侗"},
    Code{"13", "瑶"},       Code{"14", "白"},
    Code{"15", "土家"},     Code{"16", "哈尼"},
    Code{"17", "哈萨克"},   Code{"18", "傣"},
    Code{"19", "黎"},       Code{"20", "傈僳"},
    Code{"21", "佤"},       Code{"22", "畲"},
    Code{"23", "高山"},     Code{"24", "拉祜"},
    Code{"25", "水"},       Code{"26", "东乡"},
    Code{"27", "纳西"},     Code{"28", "景颇"},
    Code{"29", "柯尔克孜"}, Code{"30", "土"},
    Code{"31", "达斡尔"},   Code{"32", "仫佬"},
    Code{"33", "羌"},       Code{"34", "布朗"},
    Code{"35", "撒拉"},     Code{"36", "毛南"},
    Code{"37", "仡佬"},     Code{"38", "锡伯"},
    Code{"39", "阿昌"},     Code{"40", "普米"},
    Code{"41", "塔吉克"},   Code{"42", "怒"},
    Code{"43", "乌孜别克"}, Code{"44", "俄罗斯"},
    Code{"45", "鄂温克"},   Code{"46", "德昂"},
    Code{"47", "保安"},     Code{"48", "裕固"},
    Code{"49", "京"},       Code{"50", "塔塔尔"},
    Code{"51", "独龙"},     Code{"52", "鄂伦春"},
    Code{"53", "赫哲"},     Code{"54", "门巴"},
    Code{"55", "珞巴"},     Code{"56", "基诺"},
    Code{"97", "其他"},     Code{"98", "外国血统中国籍人士"},
};

const char* find(std::span<const Code> table, std::string_view code) {
  const auto it = std::lower_bound(table.begin(), table.end(), code,
                                   [](const Code& c, std::string_view v) { return c.code < v; });
  return it != table.end() && it->code == code ? it->name : nullptr;
}

}  // namespace

std::span<const Code> provinces() { return kProvinces; }
std::span<const Code> ethnic_groups() { return kEthnicGroups; }

const char* province_name(std::string_view two_digits) { return find(kProvinces, two_digits); }
const char* ethnic_name(std::string_view two_digits) { return find(kEthnicGroups, two_digits); }

const char* sex_name(int code) {
  if (code == 1) return "男";
  return code == 2 ? "女" : "";
}

}  // namespace cardrig::identity
