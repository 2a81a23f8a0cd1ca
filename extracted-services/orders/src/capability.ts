import path from 'node:path'
import { defineCapability, tables } from '@banyan/toolkit/data-sync'
import { orderTranslator } from './anti-corruption/order-translator.ts'

const statusWords =
  "CASE st_cd WHEN 'A' THEN 'accepted' WHEN 'S' THEN 'sent' WHEN 'D' THEN 'delivered' WHEN 'X' THEN 'cancelled' ELSE st_cd END"
const cents = "cast(coalesce(sum(cast(replace(tot_amt, '.', '') AS bigint)), 0) AS bigint)"

const folder = path.resolve(import.meta.dirname, '../../..')
const node = ['node', '--import', 'tsx', '--conditions=banyan-source']

/** How orders look in legacy's database and in this service's, and how one becomes the other. */
export const capability = defineCapability({
  name: 'orders',
  aggregate: {
    legacy: tables({
      root: 'ord_hdr',
      key: 'ord_id',
      children: {
        lines: { table: 'ord_ln', key: ['ord_id', 'ln_no'], by: 'ord_id' },
        history: { table: 'ord_st', key: ['ord_id', 'seq'], by: 'ord_id' },
      },
    }),
    service: tables({
      root: 'orders',
      key: 'id',
      children: {
        lines: { table: 'order_lines', key: ['order_id', 'line_no'], by: 'order_id' },
        history: { table: 'order_status_history', key: ['order_id', 'seq'], by: 'order_id' },
      },
    }),
    translator: orderTranslator,
  },
  totals: [
    {
      name: 'orders by status',
      legacy: `SELECT ${statusWords}, count(*) FROM ord_hdr GROUP BY 1`,
      service: 'SELECT status, count(*) FROM orders GROUP BY 1',
    },
    {
      name: 'sum of totals in cents by status',
      legacy: `SELECT ${statusWords}, ${cents} FROM ord_hdr GROUP BY 1`,
      service: 'SELECT status, cast(coalesce(sum(total_cents), 0) AS bigint) FROM orders GROUP BY 1',
    },
  ],
  start: {
    legacy: {
      command: [...node, 'monolith/src/main.ts'],
      env: {
        ...{ MONOLITH_DATABASE_URL: '{database}', MONOLITH_PORT: '{port}', MONOLITH_HOST: '127.0.0.1' },
        SHOP_API_URL: '{api}',
      },
      folder,
      health: '/healthz',
    },
    service: {
      command: [...node, 'extracted-services/orders/src/main.ts'],
      // Customers, goods and payments are asked of legacy's copy, which knows those that the replay brought forth.
      env: {
        ...{ ORDERS_DATABASE_URL: '{database}', ORDERS_PORT: '{port}', ORDERS_HOST: '127.0.0.1' },
        ...{ ORDERS_OWNER: 'service', USERS_URL: '{legacy}', MONOLITH_URL: '{legacy}' },
      },
      folder,
      health: '/healthz',
    },
  },
})
