/** Words that say that a name holds an id and not of what: `customerId` is about a customer. */
const idWords: ReadonlySet<string> = new Set(
  'id ids uid uuid guid no nr num number key code ref reference token pk slug handle cursor version etag nonce'.split(
    ' ',
  ),
)
/** Of these, the words of which a thing has one of its own; a code or a number may be that of many. */
const certainWords: ReadonlySet<string> = new Set(['id', 'ids', 'uid', 'uuid', 'guid', 'pk'])
const linkWords: ReadonlySet<string> = new Set([
  'href',
  'url',
  'uri',
  'link',
  'location',
  'next',
  'self',
  'prev',
  'first',
  'last',
])
const secretWords: ReadonlySet<string> = new Set(['token', 'csrf', 'xsrf', 'jwt', 'session', 'sid', 'secret', 'sessid'])

const longestId = 512
const instantLike = /^\d{4}-\d\d-\d\d(?:[T ]|$)/
const randomLike = /^(?=.*\d)[\w.~+/=:-]{16,}$/
const uuidLike = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether what stands under this name names a thing: `id`, `orderNo`, `csrf_token`, `ref`. */
export function isIdName(name: string): boolean {
  const last = wordsOf(name).at(-1) ?? ''
  return idWords.has(last) || secretWords.has(last)
}

/** Whether the name leaves no doubt that an id stands under it: `id`, `orderId`, and not `taxCode`. */
export function isCertainId(name: string): boolean {
  return certainWords.has(wordsOf(name).at(-1) ?? '')
}

/** Whether what stands under this name is an address with ids in it: `href`, `nextUrl`. */
export function isLinkName(name: string): boolean {
  return linkWords.has(wordsOf(name).at(-1) ?? '')
}

/** Whether a text can be an id at all: one word, neither an instant nor a fraction. */
export function canBeId(value: string): boolean {
  return (
    value !== '' &&
    value.length <= longestId &&
    !/[\s,]/.test(value) &&
    !instantLike.test(value) &&
    !/^-?\d+\.\d+$/.test(value)
  )
}

/** Whether a text is an id by its form alone, whatever it is called: a UUID, or long, with digits, and no word. */
export function isIdByForm(value: string): boolean {
  return uuidLike.test(value) || (canBeId(value) && randomLike.test(value))
}

/** Whether a value is so short that it may be met by chance: then names must agree too. */
export function isWeak(value: string): boolean {
  return value.length < 5 || /^\d{1,7}$/.test(value)
}

/** Whether two ids are of one make: numbers both, or alike letter for letter, digits and hex aside. */
export function isAlike(one: string, other: string): boolean {
  return one.length > 0 && makeOf(one) === makeOf(other)
}

function makeOf(value: string): string {
  if (/^\d+$/.test(value)) return 'digits'
  if (/^[0-9a-f]+$/i.test(value)) return `hex ${value.length}`
  if (uuidLike.test(value)) return 'uuid'
  if (randomLike.test(value) && !/^[A-Za-z]+[-_]?\d+$/.test(value)) return 'random'
  return value.replace(/\d+/g, '9')
}

/** What a name is about: `customer` for `customerId`, `cust_id` gives `cust`; for a bare `id`, what stands around it. */
export function nounOf(name: string, around: string): string {
  const words = wordsOf(name)
  const about = words.filter((word) => !idWords.has(word))
  return about.length === 0 ? around : singular(about.join(''))
}

/** What a path is about: its last segment that is a word. `/api/customers/7` is about a `customer`. */
export function nounOfPath(path: string): string {
  const end = path.indexOf('?')
  const segments = (end < 0 ? path : path.slice(0, end)).split('/')
  return singular(segments.findLast((segment) => isWord(segment))?.toLowerCase() ?? '')
}

/** What a path's segment is about: the nearest word before it. */
export function nounOfSegment(segments: readonly string[], at: number): string {
  for (let before = at - 1; before >= 0; before -= 1) {
    const segment = segments[before] ?? ''
    if (isWord(segment)) return singular(segment.toLowerCase())
  }
  return ''
}

/** Whether two nouns may be about the same: equal, one the beginning or end of the other, or one of them unknown. */
export function isSameNoun(one: string, other: string): boolean {
  if (one === other || one === '' || other === '') return true
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short.length > 2 && (long.startsWith(short) || long.endsWith(short))
}

function isWord(segment: string): boolean {
  return /^[A-Za-z][A-Za-z_-]*$/.test(segment)
}

/** Names come again with every exchange; those made up by a client must not fill the memory. */
const maxNames = 5000
const known = new Map<string, readonly string[]>()

function wordsOf(name: string): readonly string[] {
  const before = known.get(name)
  if (before !== undefined) return before
  const apart = name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()
  const words = apart.split(/[^a-z\d]+/).filter((word) => word !== '')
  if (known.size < maxNames && name.length < 100) known.set(name, words)
  return words
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(?:[sxz]|[cs]h)es$/.test(word)) return word.slice(0, -2)
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word
}
