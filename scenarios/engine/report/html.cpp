// One self-contained HTML page about a suite: the answer first, then what was checked, then every
// scenario with its screens, its cards, its timeline, and expected against happened.
//
// Every picture is in the page once, as a symbol that the scenarios refer to: most screens are the
// same in all of them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "scenarios/engine/report/markup.h"
#include "scenarios/engine/report/report.h"
#include "scenarios/engine/report/style.h"
#include "scenarios/engine/report/timeline_svg.h"

namespace cardrig::scenario {
namespace {

std::string e(const std::string& text) { return escape_markup(text); }

std::string anchor_of(const ScenarioResult& result) {
  std::string anchor = "s-";
  for (const char c : result.id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    anchor += plain ? c : '-';
  }
  return anchor;
}

std::string place_of(const ScenarioResult& result, int line) {
  return fmt::format("<code>{}:{}</code>", e(result.file), line > 0 ? line : result.line);
}

std::string outcome_of(const ScenarioResult& result) {
  std::string outcome;
  for (const CardShot& card : result.cards) {
    std::string text = card.place == "taken"        ? "card taken"
                       : card.place == "reject_bin" ? "card in the reject bin"
                       : card.place == "staff"      ? "card with staff"
                                                    : "card in the " + card.place;
    if (card.spoilt) text += ", spoilt";
    outcome += fmt::format("<span class=\"tag outcome\">{}</span>", e(text));
  }
  return outcome.empty() ? "<span class=\"tag outcome\">no card used</span>" : outcome;
}

/// All pictures once, out of sight.
std::string picture_store(const PictureStore& pictures) {
  std::string html =
      "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>";
  for (const auto& [key, picture] : pictures) {
    html += fmt::format("<image id=\"p{}\" width=\"{}\" height=\"{}\" href=\"data:{};base64,{}\"/>",
                        key, picture.width_px, picture.height_px, picture.media_type,
                        base64(picture.bytes.data(), picture.bytes.size()));
  }
  return html + "</defs></svg>\n";
}

std::string picture(const PictureStore& pictures, const std::string& key, const std::string& alt) {
  const auto it = pictures.find(key);
  if (it == pictures.end()) return fmt::format("<div class=\"none\">{}</div>", e(alt));
  return fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><use href=\"#p{}\"/></svg>",
      it->second.width_px, it->second.height_px, e(alt), key);
}

// --- the answer ---

std::string notes(const SuiteResult& suite) {
  std::string html;
  for (const std::string& note : suite.notes) html += fmt::format("<li>{}</li>", e(note));
  return html;
}

std::string skipped_list(const SuiteResult& suite) {
  if (suite.skipped.empty()) return {};
  std::string html = fmt::format("<details class=\"quiet\"><summary>{} skipped</summary><ul>",
                                 suite.skipped.size());
  for (const SkippedScenario& skipped : suite.skipped) {
    html += fmt::format("<li>{}: {}</li>", e(skipped.id), e(skipped.why));
  }
  return html + "</ul></details>\n";
}

std::string answer(const SuiteResult& suite) {
  const int failed = suite.failed();
  const std::size_t all = suite.scenarios.size();
  Nanos virtual_time{0};
  std::set<std::string> faults;
  bool twice = !suite.scenarios.empty();
  for (const auto& result : suite.scenarios) {
    virtual_time += result.virtual_time;
    faults.insert(result.faults.begin(), result.faults.end());
    twice = twice && !result.second_hash.empty();
  }
  std::string html = fmt::format("<section class=\"answer{}\"><h1>", failed == 0 ? "" : " bad");
  if (failed == 0) {
    html += all == 1 ? "The scenario passes." : fmt::format("All {} scenarios pass.", all);
  } else {
    html += fmt::format("{} of {} scenarios fail.", failed, all);
  }
  html += "</h1>\n";
  html += fmt::format(
      "<ul class=\"facts quiet\"><li>rung <b>{}</b></li><li>kiosk's time <b>{}</b></li>"
      "<li>took <b>{:.1f} s</b></li><li>faults injected <b>{}</b></li>{}</ul>\n",
      e(suite.rung), show_time(virtual_time), suite.wall_s, faults.size(),
      (twice ? "<li>each run twice, <b>equal traces</b></li>" : std::string()) + notes(suite));
  html += skipped_list(suite);
  if (failed > 0) {
    html += "<ul class=\"failures\">";
    for (const auto& result : suite.scenarios) {
      if (result.passed) continue;
      html += fmt::format("<li><a href=\"#{}\"><b>{}</b></a>", anchor_of(result), e(result.name));
      for (const Failure& failure : result.failures) {
        html += fmt::format("<p>{} <span class=\"quiet\">{}</span></p>", e(failure.what),
                            place_of(result, failure.line));
        if (!failure.saw.empty()) {
          html += fmt::format("<p class=\"quiet\">Instead: {}</p>", e(failure.saw.front()));
        }
      }
      html += "</li>";
    }
    html += "</ul>\n";
  }
  return html + "</section>\n";
}

// --- tables ---

/// Failed ones first; else in the order of the suite.
std::vector<const ScenarioResult*> failed_first(const SuiteResult& suite) {
  std::vector<const ScenarioResult*> order;
  for (const auto& result : suite.scenarios) order.push_back(&result);
  std::stable_partition(order.begin(), order.end(), [](const auto* r) { return !r->passed; });
  return order;
}

/// The rows of examples of one file stand together.
struct Group {
  std::string name;  // without that of a row
  std::vector<const ScenarioResult*> results;

  [[nodiscard]] bool passed() const {
    return std::all_of(results.begin(), results.end(), [](const auto* r) { return r->passed; });
  }
};

std::string row_of(const ScenarioResult& result) {
  const auto hash = result.id.find('#');
  return hash == std::string::npos ? std::string() : result.id.substr(hash + 1);
}

std::vector<Group> groups_of(const SuiteResult& suite) {
  std::vector<Group> groups;
  std::string last;
  for (const auto& result : suite.scenarios) {
    const std::string row = row_of(result);
    const std::string file = result.id.substr(0, result.id.find('#'));
    if (groups.empty() || row.empty() || file != last) groups.emplace_back();
    last = file;
    const std::string ending = " (" + row + ")";
    Group& group = groups.back();
    group.name = !row.empty() && result.name.ends_with(ending)
                     ? result.name.substr(0, result.name.size() - ending.size())
                     : result.name;
    group.results.push_back(&result);
  }
  std::stable_partition(groups.begin(), groups.end(), [](const Group& g) { return !g.passed(); });
  return groups;
}

/// The links to the rows of a group, each with its verdict.
std::string rows_of(const Group& group) {
  std::string html;
  for (const auto* result : group.results) {
    const std::string row = row_of(*result);
    if (row.empty()) continue;
    html += fmt::format("<a class=\"row\" href=\"#{}\"><span class=\"{}\">{}</span> {}</a> ",
                        anchor_of(*result), result->passed ? "ok" : "no",
                        result->passed ? "✓" : "✗", e(row));
  }
  return html.empty() ? html : "<div class=\"rows\">" + html + "</div>";
}

std::string faults_of(const Group& group) {
  std::set<std::string> names;
  for (const auto* result : group.results) {
    names.insert(result->faults.begin(), result->faults.end());
  }
  std::string html;
  for (const auto& name : names)
    html += fmt::format("<span class=\"tag fault\">{}</span>", e(name));
  return html;
}

std::string outcomes_of(const Group& group) {
  std::set<std::string> seen;
  std::string html;
  for (const auto* result : group.results) {
    const std::string outcome = outcome_of(*result);
    if (seen.insert(outcome).second) html += outcome;
  }
  return html;
}

std::string scenario_table(const SuiteResult& suite) {
  std::string html =
      "<h2>Scenarios</h2>\n<table class=\"list\"><thead><tr><th></th><th>scenario</th>"
      "<th>injected faults</th><th>what became of the card</th><th class=\"n\">kiosk's time</th>"
      "<th class=\"n took\">took</th></tr></thead><tbody>\n";
  for (const Group& group : groups_of(suite)) {
    Nanos time{0};
    double wall_s = 0;
    for (const auto* result : group.results) {
      time += result->virtual_time;
      wall_s += result->wall_s;
    }
    html += fmt::format(
        "<tr><td><span class=\"mark {}\">{}</span></td><td class=\"name\"><a href=\"#{}\">{}</a>{}"
        "</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n took\">{:.2f} "
        "s</td></tr>\n",
        group.passed() ? "ok" : "no", group.passed() ? "✓" : "✗", anchor_of(*group.results.front()),
        e(group.name), rows_of(group), faults_of(group), outcomes_of(group), show_time(time),
        wall_s);
  }
  return html + "</tbody></table>\n";
}

std::string invariant_table(const SuiteResult& suite) {
  struct Row {
    std::string title;
    std::int64_t checks = 0;
    int runs = 0;
    int violations = 0;
  };
  std::map<int, Row> rows;
  for (const auto& result : suite.scenarios) {
    for (const auto& invariant : result.invariants) {
      Row& row = rows[invariant.number];
      row.title = invariant.title;
      row.checks += invariant.checks;
      row.runs += invariant.checks > 0 ? 1 : 0;
      row.violations += static_cast<int>(invariant.violations.size());
    }
  }
  if (rows.empty()) return {};
  std::string html =
      "<h2>Invariants, checked at every event of every run</h2>\n<table><thead><tr><th></th>"
      "<th>what must always hold</th><th class=\"n\">checks</th><th class=\"n\">in runs</th></tr>"
      "</thead><tbody>\n";
  for (const auto& [number, row] : rows) {
    const char* mark = row.violations > 0 ? "no" : row.checks > 0 ? "ok" : "dim";
    const char* sign = row.violations > 0 ? "✗" : row.checks > 0 ? "✓" : "–";
    html += fmt::format(
        "<tr><td><span class=\"mark {}\">{}</span></td><td>{}. {}{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{} of {}</td></tr>\n",
        mark, sign, number, e(row.title),
        row.checks == 0 ? " <span class=\"quiet\">(nothing to check on this rung)</span>" : "",
        row.checks, row.runs, suite.scenarios.size());
  }
  return html + "</tbody></table>\n";
}

// --- one scenario ---

std::string why(const ScenarioResult& result) {
  std::string html;
  for (const Failure& failure : result.failures) {
    html += fmt::format("<div class=\"why\"><b>{}</b><br>{} <span class=\"quiet\">at {}</span>",
                        e(failure.what), place_of(result, failure.line), show_time(failure.time));
    if (!failure.saw.empty()) {
      html += "<pre>";
      for (const auto& line : failure.saw) html += e(line) + "\n";
      html += "</pre>";
    }
    html += "</div>\n";
  }
  return html;
}

std::string film(const ScenarioResult& result, const PictureStore& pictures) {
  if (result.screens.empty()) return {};
  std::string html = "<h3>What the person saw</h3><div class=\"film\">\n";
  for (const ScreenShot& shot : result.screens) {
    const std::string title = shot.title.empty() ? shot.id : shot.title;
    html += fmt::format(
        "<figure>{}<figcaption><span class=\"t\">{} · {}</span>{}{}</figcaption></figure>\n",
        picture(pictures, shot.picture, shot.id), show_time(shot.time), e(shot.id),
        e(shot.sentence.empty() ? title : shot.sentence),
        shot.staff_code.empty()
            ? ""
            : fmt::format(" <span class=\"quiet\">{}</span>", e(shot.staff_code)));
  }
  return html + "</div>\n";
}

std::string cards(const ScenarioResult& result, const PictureStore& pictures) {
  std::string html;
  for (const CardShot& card : result.cards) {
    if (card.picture.empty()) continue;
    std::string place = card.place;
    std::replace(place.begin(), place.end(), '_', ' ');
    html += fmt::format("<figure>{}<figcaption>card {}: <b>{}</b>{}</figcaption></figure>\n",
                        picture(pictures, card.picture, "printed card"), card.number, e(place),
                        card.spoilt ? ", spoilt" : "");
  }
  if (html.empty()) return {};
  return "<h3>Printed cards</h3><div class=\"cards\">" + html + "</div>\n";
}

std::string timeline(const ScenarioResult& result) {
  const std::string svg = timeline_svg(result);
  if (svg.empty()) return {};
  return "<h3>Timeline of devices and bytes</h3>" + svg +
         "<p class=\"legend\">Point at a mark for its details. The axis is drawn together where "
         "little happens. Magenta: injected faults. Wires: "
         "above to the device, below from it.</p>\n";
}

std::string steps(const ScenarioResult& result) {
  std::string html =
      "<h3>Expected and happened</h3><table class=\"steps\"><thead><tr><th></th>"
      "<th class=\"n\">line</th><th>step</th><th class=\"n\">at</th></tr></thead><tbody>\n";
  for (const StepResult& step : result.steps) {
    const bool failed = step.state == StepState::kFailed;
    const bool done = step.state == StepState::kDone;
    const bool act = step.kind == "act" || step.kind == "given";
    html += fmt::format(
        "<tr{}><td><span class=\"mark {}\">{}</span></td><td class=\"n mono\">{}</td>"
        "<td><code class=\"{}\">{}</code>{}</td><td class=\"n\">{}</td></tr>\n",
        failed ? " class=\"failed\"" : "",
        failed ? "no"
        : done ? "ok"
               : "dim",
        failed ? "✗"
        : done ? "✓"
               : "–",
        step.line, act ? "act" : "",
        e(step.kind == "finally" ? "finally: " + step.text : step.text),
        step.note.empty() ? "" : fmt::format("<div class=\"note\">{}</div>", e(step.note)),
        done || failed ? show_time(step.ended) : "not reached");
  }
  return html + "</tbody></table>\n";
}

std::string log(const ScenarioResult& result) {
  if (result.log.empty()) return {};
  std::string html = "<h3>Events, without the bytes</h3><pre class=\"log\">";
  for (const auto& line : result.log) html += e(line) + "\n";
  return html + "</pre>\n";
}

std::string trace_of(const ScenarioResult& result) {
  if (result.trace_hash.empty()) {
    return result.same_story_as.empty()
               ? "in real time"
               : fmt::format("in real time, the same story as on the {} rung",
                             e(result.same_story_as));
  }
  return fmt::format("trace <code title=\"{}\">{}</code>{}", result.trace_hash,
                     result.trace_hash.substr(0, 12),
                     result.second_hash.empty()                ? ""
                     : result.second_hash == result.trace_hash ? ", the same in a second run"
                                                               : ", another one in a second run");
}

std::string scenario(const ScenarioResult& result, const PictureStore& pictures) {
  std::string html = fmt::format(
      "<details class=\"scenario{}\" id=\"{}\"{}><summary><span class=\"name\">{}</span>"
      "<span>{}</span><span class=\"mark {}\">{}</span></summary><div class=\"body\">\n",
      result.passed ? "" : " bad", anchor_of(result), result.passed ? "" : " open", e(result.name),
      outcome_of(result), result.passed ? "ok" : "no", result.passed ? "passed" : "failed");
  if (!result.purpose.empty()) html += fmt::format("<p>{}</p>", e(result.purpose));
  html += fmt::format("<p class=\"quiet\">{} · seed {} · {} events · {}</p>\n",
                      place_of(result, result.line), result.seed, result.events, trace_of(result));
  std::string tags;
  for (const auto& tag : result.tags) tags += fmt::format("<span class=\"tag\">{}</span>", e(tag));
  for (const auto& fault : result.faults) {
    tags += fmt::format("<span class=\"tag fault\">{}</span>", e(fault));
  }
  if (!tags.empty()) html += "<p>" + tags + "</p>\n";
  for (const auto& discarded : result.discarded) {
    html += fmt::format("<p class=\"quiet\">{}</p>\n", e(discarded));
  }
  html += why(result);
  html += film(result, pictures);
  html += cards(result, pictures);
  html += timeline(result);
  html += steps(result);
  html += log(result);
  return html + "</div></details>\n";
}

}  // namespace

std::string html_page(const SuiteResult& suite) {
  const int failed = suite.failed();
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">";
  html += fmt::format("<title>{} – cardrig</title><style>{}</style></head><body>\n",
                      failed == 0 ? "All scenarios pass" : fmt::format("{} fail", failed),
                      report_style());
  html += picture_store(suite.pictures);
  html += "<main>\n" + answer(suite) + scenario_table(suite) + invariant_table(suite);
  html += "<h2>Every scenario</h2>\n";
  for (const ScenarioResult* result : failed_first(suite)) {
    html += scenario(*result, suite.pictures);
  }
  html +=
      "<p class=\"quiet\" style=\"margin-top:40px\">All people, documents and cards of this report "
      "are simulated. Drawn portraits stand in the place of photographs.</p>\n";
  return html + "</main></body></html>\n";
}

}  // namespace cardrig::scenario
