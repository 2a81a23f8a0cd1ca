import { type ColumnValue, refuse, shown, type TupleCodec } from '@banyan/toolkit/anti-corruption'

const counter = 'PICK UP IN STORE'
const bar = '|'

/** The columns of `shipTo` on the service's side, in its order. */
export const shipToColumns = [
  'ship_to_kind',
  'ship_to_recipient',
  'ship_to_line1',
  'ship_to_city',
  'ship_to_region',
  'ship_to_postal_code',
  'ship_to_country',
  'ship_to_text',
] as const

const partCount = 6
const noParts: readonly null[] = Array.from({ length: partCount }, () => null)

/** `SMITH, JOHN|1 Main St|Ithaca|NY|14850|US` in one column <-> its parts. What cannot be taken apart is kept as it was written. */
export const shipTo: TupleCodec = {
  toService([written = null]) {
    if (typeof written !== 'string') return refuse(`no shipping address: ${shown(written)}`)
    if (written === counter) return ['pick-up', ...noParts, null]
    const parts = written.split(bar)
    return parts.length === partCount ? ['address', ...parts, null] : ['text', ...noParts, written]
  },
  toLegacy([kind = null, ...rest]) {
    const [parts, text = null] = [rest.slice(0, partCount), rest[partCount]]
    if (kind === 'pick-up') return [counter]
    if (kind === 'text' && typeof text === 'string') return [text]
    if (kind === 'address' && parts.every(isText)) return [parts.map((part) => part.replaceAll(bar, '/')).join(bar)]
    return refuse(`no shipping address: ${shown(kind)} with ${rest.map(shown).join(', ')}`)
  },
  losses: [
    {
      path: '',
      what: 'legacy parts an address with bars, so that none can stand in it',
      example: { from: '1 Main St | Rear', to: '1 Main St / Rear' },
    },
  ],
}

function isText(value: ColumnValue): value is string {
  return typeof value === 'string'
}
