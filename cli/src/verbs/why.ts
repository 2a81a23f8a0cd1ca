import type { MemoryReport, ObservedRequest, WhyAnswer } from '@banyan/edge-proxy/admin-api'
import { exitCodes, Fault } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import { formatCount } from '@banyan/toolkit/plan'
import type { Command } from 'commander'
import { edgeClients } from '../edge-client.ts'
import { requireEdges } from '../edges-to-ask.ts'
import { jsonDocument } from '../json-document.ts'
import { agoText } from '../observe/request-text.ts'
import { whyText } from '../observe/why-text.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'

interface WhyOptions extends PlaceOptions {
  readonly json?: true
}

/** `banyan why`: how one request of the last minutes went. */
export function addWhy(program: Command, shell: Shell): void {
  withPlace(program.command('why'))
    .summary('how one request of the last minutes went: route, arm, times, shadow')
    .description(
      'Asks every edge for a request by the id that its answer carried (X-Request-Id). An edge remembers the last minutes: 64 requests a second that went well and 64 that failed, more in bursts, without headers and bodies, secrets of their targets replaced.',
    )
    .argument('<request-id>', 'the X-Request-Id of an answer, or the "instance" of a problem document')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  banyan why aLq0wYkXz2Tb-4x3\nNext:\n  banyan tap                       ids of requests that pass\n  banyan routes explain GET /path  why that route, and not another',
    )
    .action(async (id: string, options: WhyOptions) => await why(id.replace(/^urn:request:/, ''), options, shell))
}

async function why(id: string, options: WhyOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const edges = edgeClients(await requireEdges(place), place)
  const answers = await Promise.all(edges.map((edge) => edge.why(id)))
  const requests = answers.flatMap((answer) => answer.requests)
  if (options.json === true) shell.out(jsonDocument({ requests, memory: answers.map(({ memory }) => memory) }))
  const [first, ...others] = requests
  if (first === undefined) throw unknownRequest(id, answers, shell)
  if (options.json === true) return
  shell.out(whyText(first, shell))
  if (others.length > 0) shell.say(`! ${countedText(others.length, 'older request')} with this id: --json shows all`)
  shell.say(`\nnext: ${nextOf(first)}`)
}

function nextOf(request: ObservedRequest): string {
  if (request.kind === 'refused') return 'banyan tap'
  const { method, target, route } = request
  return `banyan routes explain ${method} '${target.split('?', 1)[0]}'\n      banyan tap --route ${route}`
}

function unknownRequest(id: string, answers: readonly WhyAnswer[], shell: Shell): Fault {
  const known = answers.map(({ memory }) => memoryText(memory, shell)).join('; ')
  return new Fault('request-unknown', `no edge remembers a request "${id}"`, {
    hint: `remembered: ${known}. The access log has a line for it: grep ${id}`,
    exitCode: exitCodes.usage,
  })
}

function memoryText({ remembered, since, perSecond, leftOut }: MemoryReport, { clock }: Shell): string {
  if (since === undefined) return 'no request'
  const left = leftOut === 0 ? '' : `, ${formatCount(leftOut)} left out beyond ${perSecond} a second`
  return `${formatCount(remembered)} since ${agoText(since, clock.now())}${left}`
}
