import { formatCount } from '@banyan/toolkit/plan'
import type { Finding, ScanReport } from '@banyan/toolkit/traffic'
import type { Shell } from './shell.ts'

/** Says that a recording holds what should have been redacted, if it does. */
export function warnOfSecrets(scan: ScanReport, file: string, shell: Shell): void {
  if (scan.secrets === 0) return
  shell.say(`! ${formatCount(scan.secrets)} ${scan.secrets === 1 ? 'secret' : 'secrets'} got through the redaction`)
  shell.say(`  see them with: banyan recording scan ${file}`)
}

/** One line for each place and kind, with how often it was found and where first. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const byPlace = new Map<string, { readonly first: Finding; count: number }>()
  for (const finding of findings) {
    const key = `${finding.kind} ${finding.place}`
    const known = byPlace.get(key)
    if (known === undefined) byPlace.set(key, { first: finding, count: 1 })
    else known.count += 1
  }
  return [...byPlace.values()].map(({ first, count }) => {
    const times = count === 1 ? '' : `, ${formatCount(count)} times`
    return `${first.kind === 'secret' ? 'secret' : 'maybe '}  ${first.place}: ${first.shown}, first in ${first.exchange}${times}`
  })
}
