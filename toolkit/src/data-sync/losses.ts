import type { CapabilityManifest } from './capability.ts'

/**
 * What the translator of a capability declares to lose, each in a line with its example, to be shown when the manifest is loaded:
 * `created_at: legacy keeps no seconds ("2024-05-06T13:07:42.000Z" becomes "05/06/2024 09:07 AM")`. Empty: nothing.
 */
export function lossesOf({ aggregate }: CapabilityManifest): readonly string[] {
  return aggregate.translator.losses.map(
    ({ path, what, example }) => `${path}: ${what} (${jsonText(example.from)} becomes ${jsonText(example.to)})`,
  )
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))
  return text ?? 'nothing'
}
