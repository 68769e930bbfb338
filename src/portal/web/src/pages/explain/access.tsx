import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Summary } from '@/parts/summary'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'
import { DecisionLines, type Line, type Rule } from '@/pages/explain/decision'

interface Explained { allowed: boolean; answer: string; as?: string; at: string; user: string; service: string; device: string; lines: Line[]; rule?: Rule; as_now?: string[] }

/// May this User ask this of that device at that moment, and by which rule and which data.
export function ExplainAccess() {
  const [query] = useFilters()
  const asked = Object.fromEntries(query)
  const whole = Boolean(asked.user && asked.service && asked.device)
  const explained = useApi<Explained>(whole ? '/explain/access' : null, asked)
  return (
    <>
      <h1 class="govuk-heading-l">May this User ask this?</h1>
      <Filters of={[
        { name: 'user', label: 'User (EUI-64)' }, { name: 'service', label: 'Service request (4.1.1)' }, { name: 'device', label: 'Device (EUI-64)' },
        { name: 'at', label: 'At (UTC; now)' }, { name: 'cv', label: 'Command variant' },
      ]} />
      {!whole && <p class="govuk-body">Enter a User, a service request and a device. Nothing is sent: it is decided as the road would decide it, and every question shown.</p>}
      <Loaded from={explained}>{(value) => (
        <>
          <p class="govuk-body-l"><Tag colour={value.allowed ? 'green' : 'red'}>{value.allowed ? 'allowed' : 'refused'}</Tag> {value.answer}{value.as ? `, as ${value.as}` : ''}</p>
          <Summary rows={[
            ['At', <When at={value.at} />], ['Decided by', value.rule ? <><code>{value.rule.rule}</code> {value.rule.says} ({value.rule.clause}, {value.rule.how_sure})</> : ''],
            ['As it is now, not then', value.as_now?.join('; ') ?? ''],
          ]} />
          <DecisionLines lines={value.lines} caption="Questions, in the order in which they are asked" />
        </>
      )}</Loaded>
    </>
  )
}
