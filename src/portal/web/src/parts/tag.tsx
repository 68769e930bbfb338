import type { ComponentChildren } from 'preact'

export type Colour = 'grey' | 'green' | 'teal' | 'blue' | 'purple' | 'pink' | 'red' | 'orange' | 'yellow'

/// A state in a word; the word says it, the colour only helps.
export function Tag({ colour = 'grey', children }: { colour?: Colour; children: ComponentChildren }) {
  return <strong class={`govuk-tag govuk-tag--${colour}`}>{children}</strong>
}

const kGood = /^(live|open|done|delivered|passed|answered|final|published|commissioned|closed|ok|ready|sent|success|met|approved|released)$/i
const kBad = /^(refused|failed|error|revoked|expired|suspended|overdue|missed|lost|rejected|deleted|decommissioned|blocked)$/i
const kWaiting = /^(pending|draft|waiting|queued|held|quarantined|paused|received|called|running|checking|planned|delayed)$/i

/// The colour that a state has wherever it is shown.
export function stateColour(state: string): Colour {
  if (kGood.test(state)) return 'green'
  if (kBad.test(state)) return 'red'
  return kWaiting.test(state) ? 'yellow' : 'grey'
}
export const State = ({ of }: { of: string }) => <Tag colour={stateColour(of)}>{of}</Tag>
