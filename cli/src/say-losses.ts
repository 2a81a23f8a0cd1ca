import { type CapabilityManifest, lossesOf } from '@banyan/toolkit/data-sync'
import type { Shell } from './shell.ts'

/** Names what the mapping of a capability loses, before its data is moved. */
export function sayLosses(manifest: CapabilityManifest, shell: Shell): void {
  const losses = lossesOf(manifest)
  if (losses.length === 0) return
  shell.say(`what the mapping of ${manifest.name} does not carry over, as its manifest declares:`)
  for (const loss of losses) shell.say(`  ${loss}`)
}
