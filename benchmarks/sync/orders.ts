import { aggregate, codes, decimal, field, localTime, nullable, same } from '@banyan/toolkit/anti-corruption'
import { defineCapability, tables } from '@banyan/toolkit/data-sync'

const orderTime = localTime({ zone: 'America/New_York', pattern: 'MM/DD/YYYY hh:mm AM' })
const statuses = codes([
  ['N', 'new'],
  ['P', 'paid'],
  ['S', 'shipped'],
  ['D', 'delivered'],
  ['X', 'cancelled'],
])
const channels = codes([
  ['W', 'web'],
  ['T', 'phone'],
  ['S', 'store'],
])

/** Flat orders of ten columns under two models: codes, local times, decimal texts as cents, a nullable text, and other names. */
export const capability = defineCapability({
  name: 'orders',
  aggregate: {
    legacy: tables({ root: 'ord_hdr', key: 'ord_id' }),
    service: tables({ root: 'orders', key: 'id' }),
    translator: aggregate({
      root: [
        field('ord_id', 'id'),
        field('cust_id', 'user_id'),
        field('st_cd', 'status', statuses),
        field('ord_dt', 'placed_at', orderTime),
        field('sub_amt', 'subtotal_cents', decimal(2)),
        field('tax_amt', 'tax_cents', decimal(2)),
        field('tot_amt', 'total_cents', decimal(2)),
        field('src_cd', 'channel', channels),
        field('note', 'note', nullable(same)),
        field('ship_to', 'delivery_address'),
      ],
    }),
  },
})

/** The columns of both models, in the same order. */
export const columns = {
  legacy: 'ord_id, cust_id, st_cd, ord_dt, sub_amt, tax_amt, tot_amt, src_cd, note, ship_to',
  service: 'id, user_id, status, placed_at, subtotal_cents, tax_cents, total_cents, channel, note, delivery_address',
}

/** The database tables of both models; `key` is the dialect's type of a primary key that is an integer. */
export function createTable(key: string): { readonly legacy: string; readonly service: string } {
  return {
    legacy: `CREATE TABLE ord_hdr (ord_id ${key}, cust_id bigint NOT NULL, st_cd text NOT NULL, ord_dt text NOT NULL,
      sub_amt text NOT NULL, tax_amt text NOT NULL, tot_amt text NOT NULL, src_cd text NOT NULL, note text, ship_to text NOT NULL)`,
    service: `CREATE TABLE orders (id ${key}, user_id bigint NOT NULL, status text NOT NULL, placed_at text NOT NULL,
      subtotal_cents bigint NOT NULL, tax_cents bigint NOT NULL, total_cents bigint NOT NULL, channel text NOT NULL,
      note text, delivery_address text NOT NULL)`,
  }
}

/** The values of legacy's row `i`, for an INSERT .. SELECT; `pad` writes a number with two digits in the dialect. */
export function rowValues(pad: (expression: string) => string): string {
  const hour = '(6 + i % 16)'
  const cents = '(100 + (i * 7919) % 50000)'
  const tax = `(${cents} * 8 / 100)`
  const amount = (of: string) => `(${of} / 100) || '.' || ${pad(`${of} % 100`)}`
  const clock = `${pad(`(${hour} + 11) % 12 + 1`)} || ':' || ${pad('(i * 7) % 60')} || CASE WHEN ${hour} < 12 THEN ' AM' ELSE ' PM' END`
  return [
    'i',
    '1 + (i * 31) % 50000',
    `substr('NPSDX', 1 + CAST(i % 5 AS integer), 1)`,
    `${pad('1 + i % 12')} || '/' || ${pad('1 + i % 28')} || '/' || (2012 + i % 13) || ' ' || ${clock}`,
    amount(cents),
    amount(tax),
    amount(`(${cents} + ${tax})`),
    `substr('WTS', 1 + CAST(i % 3 AS integer), 1)`,
    `CASE WHEN i % 3 = 0 THEN 'Please ring twice, order ' || i END`,
    `(i % 900 + 1) || ' Harbor Street, Portland, ME 04101'`,
  ].join(', ')
}
