import { aggregate, type Translator } from '@banyan/toolkit/anti-corruption'
import type { OrderRows } from '../database/rows.ts'
import type { LegacyOrderRows } from './legacy-rows.ts'
import { historyMappings, lineMappings, orderMappings } from './order-mappings.ts'

/**
 * Orders of legacy <-> orders of the service: the heart of the anti-corruption layer. The sync job, the
 * legacy-speaking API and the comparer all use this one (law 10).
 *
 * Typed on both ends: its mappings check each column that they give, which the compiler cannot see.
 */
export const orderTranslator = aggregate({
  root: orderMappings,
  children: {
    lines: { key: ['ln_no', 'line_no'], fields: lineMappings },
    history: { key: ['seq', 'seq'], fields: historyMappings },
  },
  losses: [
    {
      path: 'placed_at, history.changed_at',
      what: 'legacy has no seconds, and of the hour that comes twice in autumn it means the first',
      example: { from: '2019-11-03T06:30:42.000Z', to: '11/03/2019 01:30 AM (05:30Z)' },
    },
    {
      path: 'goods_cents, shipping_cents, tax_cents, total_cents',
      what: 'amounts that legacy wrote with other than two decimals are written with two where they change',
      example: { from: '12.5', to: '12.50' },
    },
  ],
}) as Translator<LegacyOrderRows, OrderRows>
