/** What is drawn: signs of state, bars, rulers and distributions. */
export const figureStyle = `
.state { width: 16px; height: 16px; flex: none; fill: none; stroke: #fff; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.state circle { fill: var(--open); stroke: none; }
.state.pass circle { fill: var(--good); }
.state.fail circle { fill: var(--bad); }
:root[data-theme=dark] .state path { stroke: #0f1311; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) .state path { stroke: #0f1311; } }

.bar { display: block; width: 100%; height: 12px; border-radius: 3px; }
.bar.thin { height: 5px; margin-top: 5px; }
.matched { fill: var(--matched); } .noise { fill: var(--noise); } .mismatched { fill: var(--bad); }
.silent, .empty { fill: var(--faint); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; color: var(--dim); font-size: 12px; max-width: none !important; }
.legend span { display: inline-flex; align-items: center; gap: 6px; }
.key { width: 12px; height: 12px; border-radius: 3px; }
.key.matched { background: var(--matched); } .key.noise { background: var(--noise); } .key.mismatched { background: var(--bad); }
.key.silent { background: var(--faint); border: 1px solid var(--line); }
.key.seen { width: 20px; height: 2px; background: var(--ink); position: relative; border-radius: 0; }
.key.seen::before { content: ""; position: absolute; left: 0; top: -3px; width: 8px; height: 8px; border-radius: 50%; background: var(--ink); }
.key.limit { width: 0; border-left: 2px dashed var(--dim); border-radius: 0; }

.ruler { display: block; width: 100%; height: 26px; overflow: visible; }
.ruler text { fill: var(--dim); font: 11px var(--sans); }
.ruler .tick { stroke: var(--faint); }
.ruler .limit { stroke: var(--dim); stroke-width: 1.5; stroke-dasharray: 3 3; }
.ruler .whisker, .ruler .cap { stroke: var(--c); stroke-width: 2; }
.ruler circle { fill: var(--c); }
.ruler { --c: var(--open); }
.ruler.clean { --c: var(--good); } .ruler.over { --c: var(--bad); }

.latency { min-width: 0; }
.latency figcaption { display: none; }
.hist { display: block; width: 100%; height: 104px; }
.hist path { fill: var(--a); fill-opacity: .8; }
.hist path.b { fill: var(--b); }
.hist .axis { stroke: var(--surface); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.hist-axis { display: block; width: 100%; height: 20px; overflow: visible; }
.hist-axis line { stroke: var(--line); }
.hist-axis text { fill: var(--dim); font: 11px var(--sans); }
.figures { margin-top: 4px; font-size: 12.5px; }
.figures th, .figures td { padding-block: 3px; border: 0; }
.figures tbody th { color: var(--ink); font-size: 12.5px; white-space: nowrap; }
`
