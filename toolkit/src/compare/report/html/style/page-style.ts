/** Colours, type, and what frames the page. One colour an arm; red is for mismatches alone, so that it is seen. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#f5f6f4, #0f1311); --surface: light-dark(#fff, #161b18); --sunken: light-dark(#f0f2ef, #111613);
  --ink: light-dark(#17201b, #e3e8e4); --dim: light-dark(#5c6861, #93a099); --line: light-dark(#dde2dd, #2a322d);
  --faint: light-dark(#e9ece8, #202723);
  --a: light-dark(#995a00, #e9a53f); --a-soft: light-dark(#fcf1dd, #2a2113); --a-mark: light-dark(#f6d79d, #5f4512);
  --b: light-dark(#2c53c9, #8ea9ff); --b-soft: light-dark(#ebf0ff, #192038); --b-mark: light-dark(#c4d3ff, #2e4080);
  --bad: light-dark(#c2263a, #ff6f79); --good: light-dark(#17794a, #4cc486); --open: light-dark(#66707a, #9aa6ae);
  --matched: light-dark(#b5c9bd, #33493d); --noise: light-dark(#8d99a3, #6b7883);
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
html { scroll-padding-top: 56px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--bg); color: var(--ink); font: 14px/1.5 var(--sans); font-variant-numeric: tabular-nums; }
.wrap { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
h1, h2, h3, p, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
code, pre { font: 12.5px/1.55 var(--mono); font-variant-ligatures: none; overflow-wrap: anywhere; }
small, .dim { color: var(--dim); font-size: inherit; }
.bad { color: var(--bad); }
.n { text-align: right; white-space: nowrap; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
[hidden] { display: none !important; }
a { color: inherit; }
:focus-visible { outline: 2px solid var(--b); outline-offset: 2px; border-radius: 3px; }
::selection { background: var(--b-mark); }

.mast { background: var(--surface); border-top: 4px solid var(--open); padding: 30px 0 26px; }
.mast.pass { border-color: var(--good); }
.mast.fail { border-color: var(--bad); }
.eyebrow { display: flex; align-items: center; gap: 8px; color: var(--dim); }
.brand { color: var(--ink); font-weight: 650; letter-spacing: -.01em; }
.verdict { display: inline-flex; align-items: center; gap: 6px; margin-left: auto; padding: 3px 12px 3px 6px; border-radius: 99px; border: 1px solid currentColor; font-weight: 600; color: var(--open); }
.verdict.pass { color: var(--good); }
.verdict.fail { color: var(--bad); }
h1 { margin: 12px 0 16px; font-size: clamp(26px, 4.4vw, 44px); line-height: 1.1; font-weight: 680; letter-spacing: -.028em; text-wrap: balance; }
.conditions { list-style: none; display: grid; gap: 5px; max-width: 900px; }
.conditions li { display: grid; grid-template-columns: 16px 1fr; gap: 9px; align-items: start; }
.conditions .state { margin-top: 3px; }
.facts { display: flex; flex-wrap: wrap; gap: 14px 40px; margin-top: 24px; padding-top: 16px; border-top: 1px solid var(--faint); }
.facts dt, .tiles dt { color: var(--dim); font-size: 12px; }
.facts dd { font-weight: 550; overflow-wrap: anywhere; }
.facts small { font-weight: 400; }
.arm { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 6px; background: var(--a); }
.arm.b { background: var(--b); border-radius: 50%; }

nav { position: sticky; top: 0; z-index: 2; background: var(--surface); border-block: 1px solid var(--line); font-size: 13px; }
nav .wrap { display: flex; gap: 20px; align-items: center; overflow-x: auto; scrollbar-width: none; }
nav a { padding: 9px 0; text-decoration: none; color: var(--dim); white-space: nowrap; }
nav a:hover { color: var(--ink); }
nav b { font-weight: 600; color: var(--ink); margin-left: 2px; }
.spring { flex: 1; }
button { font: inherit; color: var(--dim); background: none; border: 1px solid var(--line); border-radius: 6px; padding: 3px 10px; cursor: pointer; white-space: nowrap; }
button:hover { color: var(--ink); border-color: var(--dim); }

section { padding: 38px 0 6px; }
h2 { font-size: 21px; font-weight: 660; letter-spacing: -.018em; margin-bottom: 12px; }
section > p { margin-bottom: 12px; max-width: 80ch; }
.empty-note { padding: 22px; background: var(--surface); border: 1px dashed var(--line); border-radius: 10px; color: var(--dim); max-width: none; }
footer { padding-top: 44px; padding-bottom: 56px; color: var(--dim); font-size: 12.5px; }

table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: left; font-weight: 500; color: var(--dim); font-size: 12px; }
th, td { padding: 6px 18px 6px 0; vertical-align: top; border-bottom: 1px solid var(--faint); }
th.n, td.n { text-align: right; }
th:last-child, td:last-child { padding-right: 0; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 6px 18px; }
.scroll tr:last-child td { border-bottom: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; background: var(--line); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.tiles div { flex: 1 1 150px; background: var(--surface); padding: 11px 18px 13px; display: flex; flex-direction: column; justify-content: space-between; }
.tiles dd { font-size: 21px; font-weight: 620; letter-spacing: -.015em; }
.beside { list-style: none; margin: 8px 0; display: grid; gap: 2px; }
.beside b { font-weight: 600; }
.tiles + .beside, .tiles + table { margin-top: 14px; }
.rule-state { white-space: nowrap; color: var(--dim); }
.rule-state.expired, .rule-state.overrun { color: var(--bad); font-weight: 600; }
.rule-state.unused { color: var(--a); }
.written { margin-top: 14px; }

@media (max-width: 720px) {
  .wrap { padding: 0 16px; }
  .mast { padding-top: 22px; }
  .facts { gap: 12px 24px; }
  section { padding-top: 30px; }
}
@media print {
  nav, .filters { display: none !important; }
  body { background: #fff; font-size: 11px; }
  .cluster, .route-details { break-inside: avoid; }
}
`
