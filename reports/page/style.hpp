// The style sheet of all HTML reports: light, dark, phone and print. Verdicts differ by mark and
// word too, never by colour alone.
#pragma once
#include <string_view>

namespace plimsoll::reports::page {

constexpr std::string_view kStyle = R"(<style>
:root { color-scheme: light dark;
  --page: #ffffff; --card: #f6f8fa; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0;
  --pass: #1a7f37; --fail: #cf222e; --inconclusive: #9a6700; --skipped: #59636e;
  --step: #57719c; --window: #a8b8d0;
  --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #6e7781; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #0d1117; --card: #161b22; --ink: #e6edf3; --quiet: #9198a1; --line: #30363d;
  --pass: #3fb950; --fail: #f85149; --inconclusive: #d29922; --skipped: #9198a1;
  --step: #6e8fc7; --window: #3a4d6e;
  --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #f778ba; --c5: #9198a1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 16px; background: var(--page); color: var(--ink);
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 6px; }
h2 { font-size: 1.15rem; margin: 32px 0 10px; }
h3 { font-size: .95rem; margin: 20px 0 2px; display: flex; flex-wrap: wrap; gap: 2px 18px; }
h3 span { font-weight: 400; }
p { margin: 0; }
.pass { --tone: var(--pass); } .fail { --tone: var(--fail); }
.inconclusive { --tone: var(--inconclusive); } .skipped { --tone: var(--skipped); }
.banner { border: 1px solid var(--tone); border-left-width: 10px; border-radius: 8px;
  background: color-mix(in srgb, var(--tone) 9%, var(--page)); padding: 16px 18px; }
.banner h1 span, .verdict { color: var(--tone); font-weight: 700; white-space: nowrap; }
.banner p { font-size: 1.05rem; }
dl.facts { display: flex; flex-wrap: wrap; gap: 8px 30px; margin: 14px 2px 0; font-size: .95rem; }
.facts dt { color: var(--quiet); font-size: .8rem; } .facts dd { margin: 0; }
.quiet { color: var(--quiet); }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th:nth-child(1) { width: 9.6rem; } th:nth-child(2) { width: 13%; } th:nth-child(5) { width: 4.6rem; }
th { text-align: left; font-size: .8rem; font-weight: 400; color: var(--quiet); }
th, td { padding: 8px 10px 8px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.id { font-weight: 600; } td.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.fail td, tr.inconclusive td { background: color-mix(in srgb, var(--tone) 7%, var(--page)); }
td:first-child, th:first-child { padding-left: 10px; }
ul, ol { margin: 0; padding-left: 1.3em; } li { margin: 5px 0; } ol.steps > li { margin: 12px 0; }
pre { margin: 6px 0 0; padding: 9px 12px; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; white-space: pre-wrap; user-select: all; font-size: .85rem;
  font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
a { color: var(--c0); }
svg { display: block; font-size: 13px; fill: var(--ink); overflow: visible; }
.grid { stroke: var(--line); } .tick { fill: var(--quiet); font-size: 11px; }
.halo, .name, .quiet { paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
svg .quiet { fill: var(--quiet); } .name { font-weight: 600; }
p.quiet, span.quiet, dd.quiet { stroke: none; }
.step { fill: var(--step); } .step.bad { fill: var(--fail); } .window { fill: var(--window); }
.window.skipped { opacity: .4; }
.dot { fill: var(--tone); stroke: var(--page); stroke-width: 2px; }
.glyph { fill: var(--page); font-size: 11px; font-weight: 700; text-anchor: middle; }
.line { fill: none; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.shade { fill: var(--step); opacity: .1; }
.when.pass, .when.fail, .when.inconclusive { stroke: var(--tone); stroke-dasharray: 2 3; }
.c0 { stroke: var(--c0); --swatch: var(--c0); } .c1 { stroke: var(--c1); --swatch: var(--c1); }
.c2 { stroke: var(--c2); --swatch: var(--c2); } .c3 { stroke: var(--c3); --swatch: var(--c3); }
.c4 { stroke: var(--c4); --swatch: var(--c4); } .c5 { stroke: var(--c5); --swatch: var(--c5); }
h3 i { display: inline-block; width: 18px; height: 4px; margin-right: 6px; vertical-align: middle;
  background: var(--swatch); }
@media screen and (max-width: 640px) {
  table, tbody, tr, td { display: block; } thead { display: none; }
  tr { border-bottom: 1px solid var(--line); padding: 8px 10px; }
  tr.fail, tr.inconclusive { background: color-mix(in srgb, var(--tone) 7%, var(--page)); }
  td, td:first-child { border: 0; padding: 1px 0; background: none !important; }
  td[title]::before { content: attr(title) " "; color: var(--quiet); font-size: .8rem; }
}
@media print { body { max-width: none; padding: 0; font-size: 12px; print-color-adjust: exact; }
  h2, h3 { break-after: avoid; } svg, tr, pre { break-inside: avoid; } }
</style>
)";

}  // namespace plimsoll::reports::page
