import { aggregate, type Translator } from '@banyan/toolkit/anti-corruption'
import type { UserRows } from '../database/rows.ts'
import { addressMappings, credentialMappings, customerMappings } from './customer-mappings.ts'
import type { CustomerRows } from './legacy-rows.ts'

/**
 * Customers of legacy <-> users of the service: the heart of the anti-corruption layer. The sync job, the
 * legacy-speaking API and the comparer all use this one (law 10).
 *
 * Typed on both ends: its mappings check each column that they give, which the compiler cannot see.
 */
export const customerTranslator = aggregate({
  root: customerMappings,
  children: { addresses: { key: ['addr_id', 'id'], fields: addressMappings } },
  embedded: { credentials: credentialMappings },
  losses: [
    {
      path: 'created_at, updated_at',
      what: 'of the hour that comes twice in autumn legacy means the first',
      example: { from: '2019-11-03T06:30:00.000Z', to: '11/03/2019 01:30 AM (05:30Z)' },
    },
  ],
}) as Translator<CustomerRows, UserRows>
