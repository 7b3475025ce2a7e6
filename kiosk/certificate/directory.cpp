// The directory of special operations as a table.
#include "kiosk/certificate/directory.h"

#include <algorithm>

namespace cardrig::certificate {

namespace {

constexpr Item kElectrical[] = {
    {"1.1", "高压电工作业", "High-voltage electrical work"},
    {"1.2", "低压电工作业", "Low-voltage electrical work"},
    {"1.3", "防爆电气作业", "Explosion-proof electrical work"},
    {"1.4", "电力电缆作业", "Power cable work"},
    {"1.5", "继电保护作业", "Relay protection work"},
    {"1.6", "电气试验作业", "Electrical testing"},
};
constexpr Item kWelding[] = {
    {"2.1", "熔化焊接与热切割作业", "Fusion welding and thermal cutting"},
    {"2.2", "压力焊作业", "Pressure welding"},
    {"2.3", "钎焊作业", "Brazing"},
};
constexpr Item kHeight[] = {
    {"3.1", "登高架设作业", "Scaffolding"},
    {"3.2", "高处安装、维护、拆除作业", "Installing, servicing, dismantling at height"},
};
constexpr Item kCooling[] = {
    {"4.1", "制冷与空调设备运行操作作业", "Operating refrigeration and air conditioning"},
    {"4.2", "制冷与空调设备安装修理作业", "Installing and repairing refrigeration"},
};
constexpr Item kCoal[] = {
    {"5.1", "煤矿井下电气作业", "Coal mine underground electrical work"},
    {"5.2", "煤矿井下爆破作业", "Coal mine underground blasting"},
    {"5.3", "煤矿安全监测监控作业", "Coal mine safety monitoring"},
    {"5.4", "煤矿瓦斯检查作业", "Coal mine gas inspection"},
    {"5.5", "煤矿安全检查作业", "Coal mine safety inspection"},
    {"5.6", "煤矿提升机操作作业", "Coal mine hoist operation"},
    {"5.7", "煤矿采煤机（掘进机）操作作业", "Coal cutter and heading machine operation"},
    {"5.8", "煤矿瓦斯抽采作业", "Coal mine gas drainage"},
    {"5.9", "煤矿防突作业", "Coal mine outburst prevention"},
    {"5.10", "煤矿探放水作业", "Coal mine water detection and drainage"},
};
constexpr Item kMine[] = {
    {"6.1", "金属非金属矿井通风作业", "Mine ventilation"},
    {"6.2", "尾矿作业", "Tailings work"},
    {"6.3", "金属非金属矿山安全检查作业", "Mine safety inspection"},
    {"6.4", "金属非金属矿山提升机操作作业", "Mine hoist operation"},
    {"6.5", "金属非金属矿山支柱作业", "Mine timbering"},
    {"6.6", "金属非金属矿山井下电气作业", "Mine underground electrical work"},
    {"6.7", "金属非金属矿山排水作业", "Mine drainage"},
    {"6.8", "金属非金属矿山爆破作业", "Mine blasting"},
};
constexpr Item kOil[] = {{"7.1", "司钻作业", "Drilling"}};
constexpr Item kMetal[] = {{"8.1", "煤气作业", "Metallurgical gas work"}};
constexpr Item kChemistry[] = {
    {"9.1", "光气及光气化工艺作业", "Phosgene and phosgenation process"},
    {"9.2", "氯碱电解工艺作业", "Chlor-alkali electrolysis process"},
    {"9.3", "氯化工艺作业", "Chlorination process"},
    {"9.4", "硝化工艺作业", "Nitration process"},
    {"9.5", "合成氨工艺作业", "Ammonia synthesis process"},
    {"9.6", "裂解（裂化）工艺作业", "Cracking process"},
    {"9.7", "氟化工艺作业", "Fluorination process"},
    {"9.8", "加氢工艺作业", "Hydrogenation process"},
    {"9.9", "重氮化工艺作业", "Diazotization process"},
    {"9.10", "氧化工艺作业", "Oxidation process"},
    {"9.11", "过氧化工艺作业", "Peroxidation process"},
    {"9.12", "胺基化工艺作业", "Amination process"},
    {"9.13", "磺化工艺作业", "Sulfonation process"},
    {"9.14", "聚合工艺作业", "Polymerization process"},
    {"9.15", "烷基化工艺作业", "Alkylation process"},
    {"9.16", "化工自动化控制仪表作业", "Chemical process control instruments"},
};
constexpr Item kFireworks[] = {
    {"10.1", "烟火药制造作业", "Pyrotechnic composition making"},
    {"10.2", "黑火药制造作业", "Black powder making"},
    {"10.3", "引火线制造作业", "Fuse making"},
    {"10.4", "烟花爆竹产品涉药作业", "Firework charging"},
    {"10.5", "烟花爆竹储存作业", "Firework storage"},
};

constexpr Category kCategories[] = {
    {"1", "电工作业", "Electrical work", kElectrical},
    {"2", "焊接与热切割作业", "Welding and thermal cutting", kWelding},
    {"3", "高处作业", "Work at height", kHeight},
    {"4", "制冷与空调作业", "Refrigeration and air conditioning", kCooling},
    {"5", "煤矿安全作业", "Coal mine safety work", kCoal},
    {"6", "金属非金属矿山安全作业", "Metal and non-metal mine safety work", kMine},
    {"7", "石油天然气安全作业", "Oil and gas safety work", kOil},
    {"8", "冶金（有色）生产安全作业", "Metallurgical production safety work", kMetal},
    {"9", "危险化学品安全作业", "Hazardous chemicals safety work", kChemistry},
    {"10", "烟花爆竹安全作业", "Fireworks safety work", kFireworks},
};

}  // namespace

std::span<const Category> categories() { return kCategories; }

const Category* find_category(std::string_view code) {
  const auto it = std::ranges::find(kCategories, code, &Category::code);
  return it == std::end(kCategories) ? nullptr : &*it;
}

const Category* category_of(std::string_view item_code) {
  return find_category(item_code.substr(0, item_code.find('.')));
}

const Item* find_item(std::string_view code) {
  const Category* category = category_of(code);
  if (category == nullptr) return nullptr;
  const auto it = std::ranges::find(category->items, code, &Item::code);
  return it == category->items.end() ? nullptr : &*it;
}

}  // namespace cardrig::certificate
