import type { Migration } from '@banyan/toolkit/service-database'
import type { Knex } from 'knex'

const statuses = ['accepted', 'sent', 'delivered', 'cancelled']

/** Orders, their lines and their status history. Instants are text in ISO 8601 UTC, equal in both dialects. */
export const createOrders: Migration = {
  name: '001-create-orders',
  async up(tx) {
    await createOrdersTable(tx)
    await createLinesTable(tx)
    await createHistoryTable(tx)
  },
}

async function createOrdersTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('orders', (table) => {
    table.increments('id')
    table.integer('user_id').notNullable()
    table.text('status').notNullable().checkIn(statuses)
    table.text('placed_at').notNullable()
    table.text('source').notNullable().checkIn(['web', 'api', 'telephone'])
    table.text('ship_to_kind').notNullable().checkIn(['address', 'pick-up', 'text'])
    for (const part of ['recipient', 'line1', 'city', 'region', 'postal_code', 'country', 'text'])
      table.text(`ship_to_${part}`)
    for (const amount of ['goods', 'shipping', 'tax', 'total']) table.bigInteger(`${amount}_cents`).notNullable()
    table.text('note')
    table.index(['user_id', 'id'])
    table.check("(ship_to_kind = 'address') = (ship_to_line1 is not null)", {}, 'orders_ship_to_address')
    table.check("(ship_to_kind = 'text') = (ship_to_text is not null)", {}, 'orders_ship_to_text')
  })
}

async function createLinesTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('order_lines', (table) => {
    table.integer('order_id').notNullable()
    table.integer('line_no').notNullable()
    table.integer('product_id').notNullable()
    table.text('title').notNullable()
    table.integer('quantity').notNullable()
    table.bigInteger('unit_price_cents').notNullable()
    table.bigInteger('amount_cents').notNullable()
    table.primary(['order_id', 'line_no'])
    table.foreign('order_id').references('orders.id').onDelete('CASCADE')
  })
}

async function createHistoryTable(tx: Knex.Transaction): Promise<void> {
  await tx.schema.createTable('order_status_history', (table) => {
    table.integer('order_id').notNullable()
    table.integer('seq').notNullable()
    table.text('status').notNullable().checkIn(statuses)
    table.text('changed_at').notNullable()
    table.primary(['order_id', 'seq'])
    table.foreign('order_id').references('orders.id').onDelete('CASCADE')
  })
}
