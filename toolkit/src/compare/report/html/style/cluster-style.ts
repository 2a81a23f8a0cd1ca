/** Clusters of differences and two answers side by side. */
export const clusterStyle = `
.filters { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: center; margin-bottom: 14px; font-size: 13px; }
.filters input[type=search], .filters select { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line); border-radius: 7px; padding: 6px 10px; }
.filters input[type=search] { flex: 1 1 210px; max-width: 320px; }
.filters input::placeholder { color: var(--dim); }
.chips { display: flex; flex-wrap: wrap; gap: 5px; }
.chips input { position: absolute; opacity: 0; pointer-events: none; }
.chips span { display: inline-block; padding: 3px 10px; border-radius: 99px; border: 1px solid var(--line); color: var(--dim); cursor: pointer; text-decoration: line-through; }
.chips b { font-weight: 600; }
.chips :checked + span { color: var(--ink); background: var(--surface); border-color: var(--dim); text-decoration: none; }
.chips :focus-visible + span { outline: 2px solid var(--b); outline-offset: 1px; }
.plain { color: var(--dim); }
.filters output { color: var(--dim); }

.cluster { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 22px; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px; margin-bottom: 10px; }
.cluster:target { border-color: var(--b); box-shadow: 0 0 0 1px var(--b); }
.weight > b { display: block; font-size: 23px; line-height: 1.2; font-weight: 640; letter-spacing: -.02em; }
.weight .dim { font-size: 12px; }
h3 { font-size: 14px; font-weight: 600; display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: baseline; }
h3 code { font-size: 14px; font-weight: 650; }
.kind, .pattern { font-size: 11.5px; font-weight: 500; padding: 0 8px; border-radius: 99px; line-height: 19px; }
.kind { border: 1px solid var(--line); color: var(--dim); }
.pattern { background: var(--faint); color: var(--ink); }
.self { color: var(--dim); text-decoration: none; opacity: 0; font-weight: 400; }
.cluster:hover .self, .self:focus-visible { opacity: 1; }
.cause { margin: 2px 0 10px; }
.values { display: grid; grid-template-columns: 1fr 1fr; border-radius: 7px; overflow: hidden; gap: 2px; }
.values > div { padding: 6px 12px 8px; background: var(--a-soft); min-width: 0; }
.values > div.b { background: var(--b-soft); }
.values dt { font-size: 11.5px; color: var(--dim); }
.values em { color: var(--dim); }
mark { color: inherit; border-radius: 3px; background: var(--a-mark); box-shadow: 0 0 0 1.5px var(--a-mark); }
.b mark { background: var(--b-mark); box-shadow: 0 0 0 1.5px var(--b-mark); }
mark.gap { padding-left: 1.5px; }
.remedy { margin-top: 10px; font-size: 13px; }
.remedy pre { margin-top: 4px; padding: 7px 12px; background: var(--sunken); border-radius: 7px; white-space: pre-wrap; }
.sample { margin-top: 8px; font-size: 12.5px; }
.sample > summary, p.sample { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; cursor: pointer; }
p.sample { cursor: auto; }
.sample > summary::before { content: ""; width: 5px; height: 5px; border: solid var(--dim); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg) translate(-1px, -1px); }
.sample[open] > summary::before { transform: rotate(45deg) translate(-1px, -1px); }
.sample > summary::-webkit-details-marker { display: none; }
.sample > summary:hover code { text-decoration: underline; text-underline-offset: 3px; }
.which { font-weight: 600; }

.sbs { border: 1px solid var(--line); border-radius: 7px; overflow: hidden; margin-top: 6px; background: var(--surface); }
.sbs.heads { border: 0; margin-top: 10px; background: none; color: var(--dim); }
.sbs.heads + .sbs { margin-top: 4px; }
.ln { display: grid; grid-template-columns: 1fr 1fr; }
.ln > * { padding: 0 12px; white-space: pre-wrap; font-size: 12px; line-height: 1.6; min-width: 0; }
.ln > * + * { border-left: 1px solid var(--line); }
.ln code { color: var(--dim); }
.diff code { color: var(--ink); }
.diff .a { background: var(--a-soft); } .diff .b { background: var(--b-soft); }
.diff .none { background: repeating-linear-gradient(-45deg, transparent 0 4px, var(--faint) 4px 5px); }
.diff.noise code { background: none; color: var(--dim); }
.diff.noise mark { background: var(--faint); box-shadow: 0 0 0 1.5px var(--faint); }
.meant .a { box-shadow: inset 3px 0 var(--a); } .meant .b { box-shadow: inset 3px 0 var(--b); }
.fold > summary, p.fold { color: var(--dim); background: var(--sunken); font-size: 11.5px; padding: 2px 12px; cursor: pointer; border-block: 1px solid var(--faint); list-style: none; }
.fold > summary::-webkit-details-marker { display: none; }
.fold > summary::before { content: "\\22ef  "; }
.fold > summary:hover { color: var(--ink); }

@media (max-width: 720px) {
  .cluster { grid-template-columns: minmax(0, 1fr); gap: 8px; }
  .weight { display: flex; gap: 8px; align-items: baseline; }
  .weight .bar { display: none; }
  .values { grid-template-columns: 1fr; }
  .ln { grid-template-columns: 1fr; }
  .ln > * + * { border-left: 0; }
  .ln:not(.diff) > * + *, .diff .none { display: none; }
}
`
