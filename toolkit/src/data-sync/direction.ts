import type { AggregateRows, Translation } from '../anti-corruption/index.ts'
import type { AggregateKey, AggregateTables, CapabilityManifest, KeyMapping } from './capability.ts'

/** One way of a capability's translator: from the aggregate of the source to that of the target. */
export interface Direction {
  readonly to: 'legacy' | 'service'
  readonly sourceTables: AggregateTables
  readonly targetTables: AggregateTables
  targetKey(sourceKey: AggregateKey): AggregateKey
  sourceKey(targetKey: AggregateKey): AggregateKey
  translate(source: AggregateRows, before: AggregateRows | undefined): Translation<AggregateRows>
}

const sameKeys: KeyMapping = { toService: (key) => key, toLegacy: (key) => key }

/** The way to the given arm. */
export function directionTo(to: 'legacy' | 'service', manifest: CapabilityManifest): Direction {
  const { legacy, service, translator, keys = sameKeys } = manifest.aggregate
  if (to === 'service') {
    return {
      to,
      sourceTables: legacy,
      targetTables: service,
      targetKey: keys.toService,
      sourceKey: keys.toLegacy,
      translate: (source, before) => translator.toService(source, before),
    }
  }
  return {
    to,
    sourceTables: service,
    targetTables: legacy,
    targetKey: keys.toLegacy,
    sourceKey: keys.toService,
    translate: (source, before) => translator.toLegacy(source, before),
  }
}
