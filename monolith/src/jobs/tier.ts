/** The loyalty tiers, as cust.loy_tier holds them; NULL there is "not yet rated". */
export type LoyaltyTier = 'NONE' | 'SILVER' | 'GOLD' | 'PLATINUM'

const thresholds: readonly (readonly [bigint, LoyaltyTier])[] = [
  [250_000n, 'PLATINUM'],
  [100_000n, 'GOLD'],
  [30_000n, 'SILVER'],
]

/** The tier of who has spent so many cents over the years: 300, 1 000 and 2 500 dollars. */
export function tierOf(spentCents: bigint): LoyaltyTier {
  return thresholds.find(([from]) => spentCents >= from)?.[1] ?? 'NONE'
}
