/** Not the decimals of a number: doubles often have sixteen. */
const digitRun =
  /(?<!\d\.|[\d\uFF10-\uFF19])[\d\uFF10-\uFF19](?:[ \u00A0\u2009-\u2015\u202F\u2212-]{0,2}[\d\uFF10-\uFF19]){12,}/g
const digitGroup = /[\d\uFF10-\uFF19]+[ \u00A0\u2009-\u2015\u202F\u2212-]*/g
const dottedCard = /(?<![\d.])\d{4}(?:\.\d{4}){3}(?![\d.])/g
const fewestDigits = 13
const mostDigits = 19
const zero = 48

/** A text without the card numbers in it, in groups of any length or in one piece; `hidden` says what stands in their place. */
export function redactCards(text: string, hidden: (digits: string) => string): string {
  return text
    .replace(digitRun, (run) => redactRun(run, hidden))
    .replace(dottedCard, (found) => {
      const digits = found.replaceAll('.', '')
      return isCardNumber(digits) ? hidden(digits) : found
    })
}

/**
 * Replaces every digit group that belongs to some row of groups which is a card number, for one may stand beside other
 * numbers: `4111 1111 1111 1111 12 29`. Where two rows overlap, both go.
 */
function redactRun(run: string, hidden: (digits: string) => string): string {
  const groups = run.match(digitGroup) ?? []
  const digits = groups.map(digitsOf)
  let redacted = ''
  let card = ''
  let cardEnd = 0
  for (const [index, group] of groups.entries()) {
    cardEnd = Math.max(cardEnd, index + cardLength(digits, index))
    card += index < cardEnd ? group : ''
    if (index < cardEnd && index + 1 < groups.length) continue
    if (card !== '') redacted += `${hidden(digitsOf(card))}${/[^\d\uFF10-\uFF19]+$/.exec(card)?.[0] ?? ''}`
    card = ''
    if (index >= cardEnd) redacted += group
  }
  return redacted
}

/** ASCII digits, also of full-width ones: one card has one token, however it is written. */
function digitsOf(text: string): string {
  if (/^\d+$/.test(text)) return text
  return text.replace(/[\uFF10-\uFF19]/g, (digit) => String(digit.charCodeAt(0) - 0xff10)).replace(/\D/g, '')
}

/**
 * The number of groups from `from` on that are a card number together; the longest, or 0. Luhn's sum is carried from digit to
 * digit, for who sends a text of nothing but digits chooses how long it takes.
 */
function cardLength(groups: readonly string[], from: number): number {
  if (!isIssuer(groups[from] ?? '')) return 0
  let digits = 0
  // With the last digit single, and with the last digit doubled.
  let single = 0
  let doubled = 0
  let longest = 0
  for (let at = from; at < groups.length && digits < mostDigits; at++) {
    const group = groups[at] ?? ''
    if (digits + group.length > mostDigits) break
    for (let place = 0; place < group.length; place++) {
      const digit = group.charCodeAt(place) - zero
      const before = single
      single = doubled + digit
      doubled = before + (digit > 4 ? digit * 2 - 9 : digit * 2)
    }
    digits += group.length
    if (digits >= fewestDigits && single % 10 === 0) longest = at - from + 1
  }
  return longest
}

/** Whether digits are a card number: 13 to 19 of them, an issuer that pays, Luhn's check digit (ISO/IEC 7812-1, annex B). */
export function isCardNumber(digits: string): boolean {
  return cardLength([digits], 0) > 0
}

function isIssuer(digits: string): boolean {
  const first = digits.charCodeAt(0) - zero
  return first >= 2 && first <= 6
}
