import type { Migration } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

/** Users, their addresses and their credentials. Instants are text in ISO 8601 UTC, equal in both dialects. */
export const createUsers: Migration = {
  name: '001-create-users',
  async up(tx) {
    await createUsersTable(tx)
    await createAddressesTable(tx)
    await createCredentialsTable(tx)
  },
}

async function createUsersTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('users', (table) => {
    table.increments('id')
    table.text('email').notNullable()
    table.text('given_name')
    table.text('family_name').notNullable()
    table.text('legacy_name')
    table.text('status').notNullable().checkIn(['active', 'suspended', 'closed'])
    table.integer('newsletter').notNullable()
    table.text('interests').notNullable().defaultTo('[]')
    table.text('phone_kind').notNullable().checkIn(['unknown', 'declined', 'number'])
    table.text('phone_number')
    table.text('loyalty_tier').notNullable().checkIn(['unrated', 'none', 'silver', 'gold', 'platinum'])
    table.text('created_at').notNullable()
    table.text('updated_at').notNullable()
    table.text('deleted_at')
    table.check('newsletter in (0, 1)', {}, 'users_newsletter')
    table.check("(phone_kind = 'number') = (phone_number is not null)", {}, 'users_phone')
  })
  await tx.raw('create unique index users_email on users (lower(email))')
}

async function createAddressesTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('addresses', (table) => {
    table.increments('id')
    table.integer('user_id').notNullable().index()
    table.text('kind').notNullable().checkIn(['billing', 'shipping'])
    table.text('line1').notNullable()
    table.text('line2')
    table.text('city').notNullable()
    table.text('region').notNullable()
    table.text('postal_code').notNullable()
    table.text('country').notNullable()
    table.integer('is_default').notNullable()
    table.check('is_default in (0, 1)', {}, 'addresses_is_default')
    table.foreign('user_id').references('users.id').onDelete('CASCADE')
  })
}

async function createCredentialsTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('credentials', (table) => {
    table.integer('user_id').notNullable().primary()
    table.text('legacy_hash').notNullable()
    table.text('legacy_salt').notNullable()
    table.text('scrypt')
    table.foreign('user_id').references('users.id').onDelete('CASCADE')
  })
}
