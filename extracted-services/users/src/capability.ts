import path from 'node:path'
import { defineCapability, tables } from '@banyan/toolkit/data-sync'
import { customerTranslator } from './anti-corruption/customer-translator.ts'

const folder = path.resolve(import.meta.dirname, '../../..')
const node = ['node', '--import', 'tsx', '--conditions=banyan-source']

/** How users look in legacy's database and in this service's, and how one becomes the other. */
export const capability = defineCapability({
  name: 'users',
  aggregate: {
    legacy: tables({
      root: 'cust',
      key: 'cust_id',
      children: { addresses: { table: 'cust_addr', key: 'addr_id', by: 'cust_id' } },
    }),
    service: tables({
      root: 'users',
      key: 'id',
      children: {
        addresses: { table: 'addresses', key: 'id', by: 'user_id' },
        credentials: { table: 'credentials', key: 'user_id', by: 'user_id' },
      },
    }),
    translator: customerTranslator,
  },
  totals: [
    {
      name: 'customers by status',
      legacy: `SELECT CASE st_cd WHEN 'A' THEN 'active' WHEN 'S' THEN 'suspended' WHEN 'X' THEN 'closed' ELSE st_cd END, count(*)
               FROM cust GROUP BY 1`,
      service: 'SELECT status, count(*) FROM users GROUP BY 1',
    },
    {
      name: 'customers by loyalty tier',
      legacy: "SELECT coalesce(lower(loy_tier), 'unrated'), count(*) FROM cust GROUP BY 1",
      service: 'SELECT loyalty_tier, count(*) FROM users GROUP BY 1',
    },
  ],
  start: {
    legacy: {
      command: [...node, 'monolith/src/main.ts'],
      // SHOP_API_KEY comes with the environment: the key that the shop's own pages use.
      env: {
        ...{ MONOLITH_DATABASE_URL: '{database}', MONOLITH_PORT: '{port}', MONOLITH_HOST: '127.0.0.1' },
        SHOP_API_URL: '{api}',
      },
      folder,
      health: '/healthz',
    },
    service: {
      command: [...node, 'extracted-services/users/src/main.ts'],
      env: {
        ...{ USERS_DATABASE_URL: '{database}', USERS_PORT: '{port}', USERS_HOST: '127.0.0.1' },
        USERS_OWNER: 'service',
      },
      folder,
      health: '/healthz',
    },
  },
  written: [
    { path: 'credentials[*].legacy_salt', reason: 'each arm draws its own salt' },
    { path: 'credentials[*].legacy_hash', reason: 'of a password with the salt that each arm drew' },
  ],
})
