import { checkSchema } from '../../schema-check.ts'
import { checkInverse } from '../../verify/check-inverse.ts'
import type { Check, Seeing } from './preflight.ts'

/** Both databases have what the manifest names. */
export async function schemaChecks({ bench }: Seeing): Promise<readonly Check[]> {
  const { legacy, service, manifest } = bench
  const { aggregate } = manifest
  await checkSchema(legacy, aggregate.legacy, aggregate.translator.columns?.legacy)
  await checkSchema(service, aggregate.service, aggregate.translator.columns?.service)
  return [{ name: 'schema', outcome: 'pass', detail: 'both databases are as the manifest says' }]
}

/** What the service holds can be written back, so that there is a way back. */
export async function inverseChecks({ bench }: Seeing): Promise<readonly Check[]> {
  const name = 'way back'
  const { total, checked, broken } = await checkInverse(bench.jobs)
  if (total === undefined)
    return [
      {
        name,
        outcome: 'unknown',
        detail: 'the service holds nothing to try it with',
        hint: 'backfill first: banyan sync backfill',
      },
    ]
  if (total) return [{ name, outcome: 'pass', detail: `${checked} aggregates of the service translate back to legacy` }]
  const [first] = broken
  return [
    {
      name,
      outcome: 'fail',
      detail: `${broken.length} of ${checked} aggregates of the service do not translate back, such as ${first?.key}: ${first?.detail}`,
      hint: 'complete the translator, so that what is written in the service can go back to legacy',
    },
  ]
}
