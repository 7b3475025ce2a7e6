// The style sheet of the report: the palette of the kiosk's own screens, readable on paper.
#include "scenarios/engine/report/style.h"

namespace cardrig::scenario {

const char* report_style() {
  return R"css(
:root{--ground:#F5F7FA;--paper:#fff;--ink:#0F1C2E;--quiet:#55637A;--blue:#0B57A4;--good:#0B7A4B;
--attention:#9A4F00;--bad:#B3261E;--line:#D5DCE5;--fault:#C2188B}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 "Inter","Noto Sans",
"Noto Sans CJK SC",system-ui,sans-serif;font-variant-numeric:tabular-nums;
print-color-adjust:exact;-webkit-print-color-adjust:exact}
main{max-width:1240px;margin:0 auto;padding:32px 32px 96px}
a{color:var(--blue);text-decoration:none}a:hover{text-decoration:underline}
h1{font-size:34px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:20px;margin:40px 0 12px}
h3{font-size:12px;margin:28px 0 10px;color:var(--quiet);font-weight:600;letter-spacing:.06em;
text-transform:uppercase}
p{margin:0 0 8px}
code,.mono,pre{font-family:"JetBrains Mono","DejaVu Sans Mono",ui-monospace,monospace;font-size:12.5px}
.quiet{color:var(--quiet)}
.answer{border-left:8px solid var(--good);background:var(--paper);padding:24px 28px;
border-radius:0 12px 12px 0;box-shadow:0 1px 2px rgba(15,28,46,.06)}
.answer.bad{border-color:var(--bad)}
.answer h1{color:var(--good)}.answer.bad h1{color:var(--bad)}
.failures{list-style:none;margin:20px 0 0;padding:0}
.failures li{padding:12px 0 0;margin:12px 0 0;border-top:1px solid var(--line)}
.failures b{display:block}
.facts{display:flex;flex-wrap:wrap;gap:4px 28px;margin:16px 0 0;padding:0;list-style:none}
.facts b{font-weight:600}
table{border-collapse:collapse;width:100%;background:var(--paper);border-radius:12px;overflow:hidden;
box-shadow:0 1px 2px rgba(15,28,46,.06)}
th,td{text-align:left;padding:7px 14px;border-bottom:1px solid var(--line);vertical-align:top}
th{font-size:12px;color:var(--quiet);font-weight:600}
tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;white-space:nowrap}
.mark{display:inline-block;min-width:1.4em;font-weight:700}
.ok{color:var(--good)}.no{color:var(--bad)}.dim{color:#8793A6}
.tag{display:inline-block;font-size:12px;color:var(--quiet);border:1px solid var(--line);
border-radius:10px;padding:0 8px;margin:0 4px 2px 0;white-space:nowrap}
.tag.fault{color:var(--fault);border-color:var(--fault)}
.tag.outcome{color:var(--ink);background:#E8EDF4;border-color:#E8EDF4}
details.scenario{background:var(--paper);border-radius:12px;margin:0 0 12px;
box-shadow:0 1px 2px rgba(15,28,46,.06);border-left:6px solid var(--good)}
details.scenario.bad{border-color:var(--bad)}
details.scenario>summary{cursor:pointer;padding:14px 20px;list-style:none;display:flex;gap:14px;
align-items:baseline}
details.scenario>summary::-webkit-details-marker{display:none}
details.scenario>summary::before{content:"▸";color:var(--quiet);width:.8em}
details.scenario[open]>summary::before{content:"▾"}
summary .name{font-weight:600;flex:1}
.body{padding:0 20px 20px}
.film{display:flex;flex-wrap:wrap;gap:18px 14px}
.film figure{margin:0;width:135px}
.film svg,.film .none{display:block;width:135px;height:240px;border-radius:8px;
outline:1px solid var(--line)}
.film .none{display:flex;align-items:center;justify-content:center;background:var(--ground);
text-align:center;padding:8px;font-size:13px}
.film figcaption{font-size:12px;line-height:1.35;margin-top:6px}
.film .t{color:var(--quiet);display:block}
.cards{display:flex;flex-wrap:wrap;gap:20px}
.cards figure{margin:0;width:340px}
.cards svg{display:block;width:340px;border-radius:10px;outline:1px solid var(--line)}
.cards figcaption{font-size:13px;margin-top:6px}
.why{border-left:4px solid var(--bad);background:#FCF1F0;padding:12px 16px;border-radius:0 8px 8px 0;
margin:12px 0}
.why pre{margin:8px 0 0;white-space:pre-wrap;color:var(--ink)}
.steps td{padding:4px 10px}
.steps tr.failed td{background:#FCF1F0}
.steps .act{color:var(--blue)}
.note{color:var(--quiet);font-size:13px}
pre.log{background:var(--ground);border-radius:8px;padding:12px;overflow:auto;max-height:420px;margin:0}
.timeline{width:100%;height:auto;display:block}
.timeline text{font:11px "Inter","Noto Sans","Noto Sans CJK SC",sans-serif;fill:var(--ink)}
.timeline .lane{fill:var(--quiet)}
.timeline .tick{fill:var(--quiet);font-size:10px}
.timeline .rule{stroke:var(--line);stroke-width:1}
.timeline .inside{fill:#fff}
.m-screen{fill:#6C86A8}.m-good{fill:var(--good)}.m-bad{fill:var(--bad)}.m-attention{fill:#C77B22}
.m-act{fill:var(--blue)}.m-step{fill:#6C86A8}.m-busy{fill:#93A5BD}.m-platform{fill:#3E7CB8}
.m-journal{fill:#7A6FA8}.m-fault{fill:var(--fault);fill-opacity:.28}.m-effect{fill:var(--fault)}
.m-wire_out{fill:#3E7CB8}.m-wire_in{fill:#8FB3D6}
.legend{font-size:12px;color:var(--quiet);margin:4px 0 0}
td.name{width:46%}
.rows{font-size:13px;line-height:1.7}
.row{white-space:nowrap;margin-right:12px;color:var(--quiet)}
@media (max-width:760px){main{padding:20px 14px 60px}h1{font-size:26px}
.list .took{display:none}.tag{white-space:normal}td,th{padding:6px}}
@media print{
@page{size:A4;margin:14mm}
body{background:#fff;font-size:9.5pt}
h1{font-size:20pt}h2{font-size:13pt;margin:22px 0 8px}
td,th{padding:3px 6px}
.list .took{display:none}
.tag{white-space:normal;font-size:8.5pt;border:0;padding:0}
code,.mono,pre{font-size:8pt}
main{max-width:none;padding:0}
.answer,table,details.scenario{box-shadow:none;border-top:1px solid var(--line);
border-bottom:1px solid var(--line)}
details.scenario{break-inside:auto}
details.scenario:not([open]){display:none}
.film figure,.cards figure,.why,tr,.timeline{break-inside:avoid}
h2,h3,summary{break-after:avoid}
.film figure{width:25mm}.film svg,.film .none{width:25mm;height:44.4mm}
.cards figure,.cards svg{width:85.6mm}
pre.log{max-height:none;white-space:pre-wrap}
a{color:inherit}
details.scenario{border-right:0;border-radius:0}
}
)css";
}

}  // namespace cardrig::scenario
