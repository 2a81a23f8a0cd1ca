/** The shop's one style sheet, put into every page. */
export const style = `
:root { --pine:#2f5744; --pine-dark:#1f3d30; --paper:#faf6ec; --card:#fffdf8; --line:#e0d6bf; --ink:#2c2a26; --soft:#776f60; --rust:#b4512a; --gold:#c9962e }
* { box-sizing:border-box }
body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.5 Georgia,'Times New Roman',serif }
a { color:var(--pine); } a:hover { color:var(--rust) }
.wrap { max-width:1080px; margin:0 auto; padding:0 20px }
header { background:linear-gradient(var(--pine),var(--pine-dark)); box-shadow:0 1px 4px #0004 }
.top { display:flex; align-items:center; gap:24px; padding-top:14px; padding-bottom:14px; flex-wrap:wrap }
.brand { display:flex; align-items:center; gap:10px; color:#f4ead2; text-decoration:none; font-size:27px; line-height:1.1; text-shadow:0 1px 1px #0006 }
.brand:hover { color:#fff } .brand small { display:block; font:italic 13px Georgia,serif; color:#cfdccf; margin-top:3px }
.search { display:flex; flex:1; min-width:220px } .search input { flex:1; min-width:0; border-radius:4px 0 0 4px; border-right:0 } .search button { border-radius:0 4px 4px 0 }
.account { display:flex; flex-wrap:wrap; gap:8px 16px; align-items:center; font-size:15px; white-space:nowrap } .account a { color:#f4ead2; text-decoration:none } .account a:hover { text-decoration:underline }
.account .cart { border:1px solid #f4ead288; border-radius:4px; padding:4px 10px } .cart b { background:var(--gold); color:#2c2006; border-radius:9px; padding:0 7px; font:bold 13px sans-serif }
.shelves { background:#f4ead2; border-bottom:1px solid var(--line) } .shelves .wrap { display:flex; flex-wrap:wrap; gap:4px 26px; padding-top:8px; padding-bottom:8px }
.shelves a { text-decoration:none; font-size:15px }
main { padding-top:26px !important; padding-bottom:50px !important; min-height:60vh }
h1 { font-weight:normal; font-size:30px; margin:0 0 14px } h2 { font-weight:normal; font-size:22px; margin:30px 0 12px; border-bottom:1px solid var(--line); padding-bottom:5px }
.soft { color:var(--soft) } .price { color:var(--rust); font-weight:bold } .right { text-align:right }
.grid { display:grid; grid-template-columns:repeat(auto-fill,minmax(220px,1fr)); gap:18px }
.card { background:var(--card); border:1px solid var(--line); border-radius:6px; overflow:hidden; text-decoration:none; color:inherit; display:flex; flex-direction:column; box-shadow:0 1px 2px #0001 }
.card:hover { border-color:var(--gold); color:inherit } .card .about { padding:10px 14px 14px } .card .name { display:block; min-height:3em }
.card svg, .big svg { display:block; width:100%; height:auto }
.product { display:grid; grid-template-columns:minmax(240px,380px) 1fr; gap:34px } .product p.price { font-size:26px }
@media (max-width:640px) { .product { grid-template-columns:minmax(0,1fr) } main { overflow-x:auto } th, td { padding:6px 7px !important } td input[type=number] { width:4em } }
.tag { display:inline-block; border:1px solid var(--gold); color:#7a5a14; border-radius:9px; font:12px sans-serif; padding:1px 9px; margin-right:6px }
.big { border:1px solid var(--line); border-radius:6px; overflow:hidden; background:var(--card); align-self:start }
table { width:100%; border-collapse:collapse; background:var(--card); border:1px solid var(--line) } th { text-align:left; font-weight:normal; color:var(--soft); background:#f4ead2 }
th, td { padding:8px 12px; border-bottom:1px solid var(--line); vertical-align:baseline } td.num, th.num { text-align:right; white-space:nowrap } tfoot td { border-bottom:0 }
input, select, textarea { font:inherit; padding:7px 10px; border:1px solid #cabfa4; border-radius:4px; background:#fff; color:inherit; max-width:100% }
button, .button { font:inherit; display:inline-block; cursor:pointer; padding:7px 18px; border:1px solid #8a3d1e; border-radius:4px; color:#fff; background:linear-gradient(#c9653c,var(--rust)); text-decoration:none; text-shadow:0 1px 0 #0004 }
button:hover, .button:hover { background:var(--rust); color:#fff } button.quiet { background:#f4ead2; color:var(--ink); border-color:#cabfa4; text-shadow:none }
button.plain { background:none; border:0; padding:0; color:#f4ead2; text-shadow:none; font-size:15px } button.plain:hover { text-decoration:underline }
form.inline { display:inline } .panel { background:var(--card); border:1px solid var(--line); border-radius:6px; padding:20px 24px; max-width:620px }
.field { display:block; margin:0 0 12px } .field span { display:block; font-size:14px; color:var(--soft) } .field input:not([type=checkbox]):not([type=radio]), .field select, .field textarea { width:100% }
.two { display:grid; grid-template-columns:1fr 1fr; gap:0 16px } .sorry { background:#f9e3d8; border:1px solid #e0b39b; border-radius:4px; padding:9px 14px } .good { background:#e4efe2; border:1px solid #b5cfb3; border-radius:4px; padding:9px 14px }
.hero { background:#e9dfc6 linear-gradient(100deg,#e9dfc6,#f6efdd); border:1px solid var(--line); border-radius:6px; padding:26px 30px; margin-bottom:26px } .hero p { margin:6px 0 0; max-width:44em }
.bar { display:inline-block; height:12px; background:var(--pine); border-radius:2px; vertical-align:middle }
.l { fill:none; stroke:#fffdf8; stroke-width:5; stroke-linecap:round }
footer { border-top:1px solid var(--line); color:var(--soft); font-size:14px } .pager { margin-top:22px; display:flex; justify-content:space-between }
`
