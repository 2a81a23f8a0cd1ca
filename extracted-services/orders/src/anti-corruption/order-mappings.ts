import { codes, decimal, field, fields, type Mapping, nullable, textCodec } from '@banyan/toolkit/anti-corruption'
import { shipTo, shipToColumns } from './ship-to.ts'
import { shopTime } from './shop-time.ts'

const text = textCodec({ toService: (value) => value, toLegacy: (value) => value })
const cents = decimal(2)

const status = codes([
  ['A', 'accepted'],
  ['S', 'sent'],
  ['D', 'delivered'],
  ['X', 'cancelled'],
])

/** `ord_hdr` <-> `orders`. */
export const orderMappings: readonly Mapping[] = [
  field('ord_id', 'id'),
  field('cust_id', 'user_id'),
  field('st_cd', 'status', status),
  field('ord_dt', 'placed_at', shopTime),
  fields(['ship_to'], shipToColumns, shipTo),
  field('sub_amt', 'goods_cents', cents),
  field('ship_amt', 'shipping_cents', cents),
  field('tax_amt', 'tax_cents', cents),
  field('tot_amt', 'total_cents', cents),
  field(
    'src_cd',
    'source',
    codes([
      ['WEB', 'web'],
      ['API', 'api'],
      ['TEL', 'telephone'],
    ]),
  ),
  field('nt', 'note', nullable(text)),
]

/** `ord_ln` <-> `order_lines`. */
export const lineMappings: readonly Mapping[] = [
  field('ord_id', 'order_id'),
  field('ln_no', 'line_no'),
  field('prod_id', 'product_id'),
  field('ttl', 'title', text),
  field('qty', 'quantity'),
  field('prc', 'unit_price_cents', cents),
  field('amt', 'amount_cents', cents),
]

/** `ord_st` <-> `order_status_history`. */
export const historyMappings: readonly Mapping[] = [
  field('ord_id', 'order_id'),
  field('seq'),
  field('st_cd', 'status', status),
  field('chg_dt', 'changed_at', shopTime),
]
