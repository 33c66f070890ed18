// The style sheet of the report page. Colours are variables, once for light and once for dark.
#pragma once

namespace edgeopt::html {

inline constexpr const char* kPageStyle = R"css(
:root{color-scheme:light dark;
--page:#f6f7f9;--card:#ffffff;--ink:#161a22;--soft:#5b6472;--faint:#8b94a3;--line:#e3e7ed;
--blue:#2f6fdb;--blue-soft:#bcd3f7;--gray:#a9b2c0;--hot:#c9580e;--hot-soft:#fdf0e3;
--good:#1f7a4d;--bad:#b3261e;--bad-soft:#fcebea;--hover:#f0f4fb}
@media(prefers-color-scheme:dark){:root{
--page:#0f1217;--card:#171b22;--ink:#e8ebf0;--soft:#a4adbb;--faint:#7b8594;--line:#2a303a;
--blue:#6ea3f5;--blue-soft:#27406b;--gray:#667080;--hot:#f0914b;--hot-soft:#33241a;
--good:#5fc48e;--bad:#f08a83;--bad-soft:#351d1c;--hover:#1f2630}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,
sans-serif;
font-variant-numeric:tabular-nums;-webkit-font-smoothing:antialiased}
main{max-width:1160px;margin:0 auto;padding:40px 24px 64px}
header{margin-bottom:28px}
.brand{font-size:13px;letter-spacing:.02em;color:var(--faint);margin:0 0 6px}
.brand b{color:var(--blue);font-weight:650}
h1{font-size:30px;line-height:1.15;letter-spacing:-.015em;font-weight:680;margin:0 0 8px;
overflow-wrap:anywhere}
.facts{display:flex;flex-wrap:wrap;gap:4px 22px;margin:0;color:var(--soft)}
.facts b{color:var(--ink);font-weight:550}
h2{font-size:17px;letter-spacing:-.005em;font-weight:650;margin:0 0 2px}
.lead{margin:0 0 14px;color:var(--soft);font-size:13.5px;max-width:75ch}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 22px;
margin-bottom:18px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;
margin-bottom:18px}
.tile{margin:0}
.tile .what{font-size:13px;color:var(--soft);margin:0 0 4px}
.tile .value{font-size:27px;line-height:1.2;font-weight:660;letter-spacing:-.02em;margin:0}
.tile .value small{font-size:15px;font-weight:500;letter-spacing:0;color:var(--soft)}
.tile .more{font-size:13px;color:var(--soft);margin:3px 0 0}
.good{color:var(--good)}.bad{color:var(--bad)}.hot{color:var(--hot)}
.said{list-style:none;margin:0 0 18px;padding:0;display:grid;gap:8px}
.said li{border-radius:10px;padding:10px 16px;background:var(--hot-soft);
border-left:3px solid var(--hot)}
.said li.unmet{background:var(--bad-soft);border-left-color:var(--bad)}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(380px,1fr));gap:18px}
.pair .card{margin-bottom:18px}
.scroll{overflow-x:auto}
svg{display:block;
font:12px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
svg text{fill:var(--soft)}
svg .strong{fill:var(--ink);font-weight:600}
svg .grid{stroke:var(--line);stroke-width:1}
svg .zero{stroke:var(--faint);stroke-width:1}
svg .q{fill:var(--blue)}svg .f{fill:var(--gray)}svg .w{fill:var(--hot)}
svg .wide{fill:var(--blue-soft)}svg .seen{stroke:var(--blue);stroke-width:2}
svg .cut{stroke:var(--hot);stroke-width:2}
svg .hit{fill:transparent}
svg g.mark:hover .hit{fill:var(--hover)}
svg text.worst{fill:var(--hot);font-weight:600}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 10px;font-size:13px;color:var(--soft)}
.key span::before{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;
margin-right:6px;vertical-align:-1px;background:var(--c)}
.tools{display:flex;justify-content:space-between;align-items:end;gap:16px;flex-wrap:wrap}
.tools .lead{margin-bottom:12px}
input[type=search]{font:inherit;font-size:14px;padding:6px 11px;margin-bottom:12px;min-width:230px;
color:inherit;background:var(--page);border:1px solid var(--line);border-radius:8px}
input[type=search]:focus-visible,th button:focus-visible,summary:focus-visible{
outline:2px solid var(--blue);outline-offset:1px}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{text-align:left;font-weight:550;color:var(--soft);border-bottom:1px solid var(--line);padding:0;
white-space:nowrap}
th button{all:unset;cursor:pointer;padding:7px 12px 7px 0}
th button::after{content:"";display:inline-block;width:1.1em;text-align:right;color:var(--blue)}
th[aria-sort=ascending] button::after{content:"\2191"}
th[aria-sort=descending] button::after{content:"\2193"}
td{padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:middle}
tr:last-child td{border-bottom:0}
tbody tr:hover{background:var(--hover)}
th.n,td.n{text-align:right}
td.name{max-width:340px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12.5px}
td.name small{display:block;color:var(--faint);font-size:11.5px;overflow:hidden;
text-overflow:ellipsis}
td.n,td.plain{white-space:nowrap}
.meter{display:inline-block;width:72px;height:6px;border-radius:3px;background:var(--line);
margin-right:9px;vertical-align:2px;overflow:hidden}
.meter i{display:block;height:100%;border-radius:3px;background:var(--blue)}
.meter.low i{background:var(--hot)}
.limit{max-height:560px;overflow:auto}
.limit thead th{position:sticky;top:0;background:var(--card);z-index:1}
details summary{cursor:pointer;font-weight:650;font-size:17px}
details[open] summary{margin-bottom:10px}
footer{color:var(--faint);font-size:13px;margin-top:26px}
footer code{font-size:12.5px}
#tip{position:fixed;pointer-events:none;z-index:9;background:var(--ink);color:var(--page);
padding:7px 11px;border-radius:8px;font-size:13px;line-height:1.4;max-width:420px;
white-space:pre-line;overflow-wrap:anywhere;opacity:0;transition:opacity .08s}
#tip.on{opacity:1}
@media print{body{background:#fff}.limit{max-height:none}.card{break-inside:avoid}}
)css";

}  // namespace edgeopt::html
