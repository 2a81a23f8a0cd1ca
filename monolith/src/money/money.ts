/** An amount as the database says it: a decimal string with two places, `'19.95'`. */
export type Money = string

const moneyPattern = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/

/** The cents of a decimal string; throws a RangeError when it is none. */
export function centsOf(amount: Money): bigint {
  const parts = moneyPattern.exec(amount)
  if (!parts) throw new RangeError(`not an amount: "${amount}"`)
  const cents = BigInt(parts[2] ?? '0') * 100n + BigInt((parts[3] ?? '').padEnd(2, '0'))
  return parts[1] === '-' ? -cents : cents
}

/** Cents as a decimal string; takes what a database's SUM gives (number, numeric text or null for no rows). */
export function moneyOf(cents: bigint | number | string | null): Money {
  const whole = BigInt(cents ?? 0)
  const digits = (whole < 0n ? -whole : whole).toString().padStart(3, '0')
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Whether a text is an amount of zero or more. */
export function isPrice(text: string): boolean {
  return moneyPattern.test(text) && !text.startsWith('-')
}

/** The sum of amounts; '0.00' of none. */
export function addMoney(...amounts: readonly Money[]): Money {
  return moneyOf(amounts.reduce((sum, amount) => sum + centsOf(amount), 0n))
}

/** An amount times a whole number. */
export function timesMoney(amount: Money, count: number): Money {
  return moneyOf(centsOf(amount) * BigInt(count))
}

/** A rate of an amount, in thousandths of a percent (8.875 % is 8875), rounded half up to the cent. */
export function rateOf(amount: Money, thousandthsOfPercent: number): Money {
  return moneyOf((centsOf(amount) * BigInt(thousandthsOfPercent) + 50_000n) / 100_000n)
}

/** An amount for people: `$1,234.50`. */
export function showMoney(amount: Money): string {
  const [whole = '0', fraction = '00'] = amount.replace('-', '').split('.')
  return `${amount.startsWith('-') ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction}`
}
