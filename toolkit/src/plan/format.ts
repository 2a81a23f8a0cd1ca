import type { Step } from './plan.ts'

/** A share (0-1) for people: `0.5 %`, `80 %`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(3))} %`
}

/** A whole number for people: `4 812`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/** A step in a few words: `flip users.read to 10%`. */
export function describeStep({ action }: Step): string {
  switch (action.kind) {
    case 'record':
      return `record ${formatCount(action.exchanges)} exchanges`
    case 'backfill':
    case 'follow':
    case 'verify':
      return action.kind
    case 'shadow':
      return `shadow ${action.route} ${action.sharePercent}%`
    case 'flip':
      return `flip ${action.route} to ${action.serve}`
    case 'replay':
      return `replay, at least ${formatCount(action.mismatches.samples)} comparable`
    case 'cutover':
      return `cutover to ${action.to}`
  }
}
