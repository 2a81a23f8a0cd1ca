/** Routes: a row each, that opens. */
export const routeStyle = `
.routes { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.route { display: grid; grid-template-columns: minmax(130px, 1.25fr) minmax(90px, 1fr) 116px minmax(180px, 1.7fr) 62px; gap: 20px; align-items: center; padding: 9px 18px 9px 34px; }
.route.head { color: var(--dim); font-size: 12px; padding-block: 5px; background: var(--sunken); }
.route.head .ruler { height: 20px; }
.route-details { border-top: 1px solid var(--line); }
.route-details > summary { cursor: pointer; list-style: none; position: relative; }
.route-details > summary::-webkit-details-marker { display: none; }
.route-details > summary::before { content: ""; position: absolute; left: 16px; top: 50%; width: 6px; height: 6px; margin-top: -4px; border: solid var(--dim); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); }
.route-details[open] > summary::before { transform: rotate(45deg); }
.route-details > summary:hover { background: var(--sunken); }
.route .name { display: flex; gap: 9px; align-items: center; min-width: 0; }
.route .name code { font-size: 13px; font-weight: 600; }
.route .bound { font-weight: 600; }
.inside { display: grid; grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); gap: 12px 44px; padding: 8px 18px 22px 34px; font-size: 13px; }
.inside > :only-child { grid-column: 1 / -1; }
.shapes { margin-top: 10px; }
.shapes code { overflow-wrap: normal; }
.shapes td:nth-child(3) { width: 26%; }
.shapes .ruler { height: 20px; }
.shapes tr:last-child td { border-bottom: 0; }
.own-noise { margin-top: 8px; }

@media (max-width: 860px) {
  .route { grid-template-columns: minmax(0, 1fr) 112px; gap: 6px 14px; }
  .route.head { display: none; }
  .route .name { grid-area: 1 / 1; } .route .counts { grid-area: 1 / 2; }
  .route > .bar { grid-column: 1 / -1; }
  .route > .ruler { grid-column: 1; } .route .bound { align-self: center; }
  .inside { grid-template-columns: minmax(0, 1fr); padding-left: 18px; }
  .shapes td:nth-child(3), .shapes th:nth-child(3) { display: none; }
}
`
