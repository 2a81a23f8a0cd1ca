import { centsOf, showMoney } from '../money/money.ts'
import { type Html, html } from '../web/html.ts'
import type { CategorySales, CustomerCount, MonthlySales, TopCustomer } from './read.ts'

/** Sales by month, with bars. */
export function monthTable(months: readonly MonthlySales[]): Html {
  const totals = months.map(({ total }) => centsOf(total))
  const most = totals.sort((a, b) => Number(b - a))[0] || 1n
  return html`<table><thead><tr><th>Month</th><th class="num">Orders</th><th class="num">Total</th><th></th></tr></thead><tbody>${months.map(
    ({
      month,
      orders,
      total,
    }) => html`<tr><td>${month}</td><td class="num">${orders}</td><td class="num">${showMoney(total)}</td>
<td><span class="bar" style="width:${Number((centsOf(total) * 300n) / most)}px"></span></td></tr>`,
  )}</tbody></table>`
}

/** Sales by category and state. */
export function categoryTable(sales: readonly CategorySales[]): Html {
  return html`<table><thead><tr><th>Category</th><th>State</th><th class="num">Orders</th><th class="num">Customers</th><th class="num">Total</th></tr></thead><tbody>${sales.map(
    (row) =>
      html`<tr><td>${row.category}</td><td>${row.state}</td><td class="num">${row.orders}</td><td class="num">${row.customers}</td><td class="num">${showMoney(row.total)}</td></tr>`,
  )}</tbody></table>`
}

/** Who buys most, and how many customers there are of each kind. */
export function customerTables(top: readonly TopCustomer[], counts: readonly CustomerCount[]): Html {
  return html`<h1>Customers</h1>
<table><thead><tr><th>Name</th><th>Tier</th><th>Last order</th><th class="num">Spent</th></tr></thead><tbody>${top.map(
    (row) =>
      html`<tr><td>${row.name}</td><td>${row.tier ?? 'not rated'}</td><td>${row.lastOrder ?? ''}</td><td class="num">${showMoney(row.total)}</td></tr>`,
  )}</tbody></table>
<h2>By status and tier</h2><table><tbody>${counts.map(
    (row) => html`<tr><td>${row.status}</td><td>${row.tier ?? 'not rated'}</td><td class="num">${row.count}</td></tr>`,
  )}</tbody></table>`
}
