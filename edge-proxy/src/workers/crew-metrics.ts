import type { CrewCounts } from './worker-crew.ts'

/** What the primary counts itself, in the text format of Prometheus; the log lines are those of all, for it writes them. */
export function crewMetrics(
  { crashed, stuck, rolled }: CrewCounts,
  { running, logLinesLost }: { readonly running: number; readonly logLinesLost: number },
): string {
  return [
    ...family('banyan_workers_running', 'gauge', 'Processes of this edge that serve', running),
    ...family('banyan_workers_crashed_total', 'counter', 'Processes that died without being asked to', crashed),
    ...family('banyan_workers_stuck_total', 'counter', 'Of those, killed because they gave no sign of life', stuck),
    ...family('banyan_workers_rolled_total', 'counter', 'Processes that were replaced on demand', rolled),
    ...family('banyan_log_lines_lost', 'gauge', 'Log lines that were not written since the start', logLinesLost),
    '',
  ].join('\n')
}

function family(name: string, type: 'gauge' | 'counter', help: string, value: number): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`]
}
