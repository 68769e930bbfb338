import { apiUrl } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { recordPath } from '@/lib/ledger'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'

export interface Window {
  reference: string; state: string; provider: string; title?: string; planned_start?: string; planned_end?: string; start?: string; end?: string
  actual_start?: string; actual_end?: string; services?: string[]; regions?: string[]; srvs?: string[]; impact?: string
  notice_working_days?: number; clashes?: string[]; [more: string]: unknown
}
const many = (value: unknown) => (Array.isArray(value) ? value.join(', ') : value === undefined || value === null ? '' : String(value))

/// One calendar over all providers: when, what it touches, how much notice was given, what it clashes with.
export function Calendar() {
  const [query] = useFilters()
  const session = useSession()
  const asked = Object.fromEntries(query)
  const calendar = useApi<{ total: number; windows: Window[] }>('/maintenance', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Planned maintenance</h1>
      <div class="mw-actions">
        {session.may(['ledger.maintenance.create']) && <a class="govuk-button" href="/ledger/maintenance/new">Plan a window</a>}
        <a class="govuk-link" href={apiUrl('/maintenance.ics', asked)} download>As a calendar (iCal)</a>
        <a class="govuk-link" href="/ledger/maintenance">All windows as records</a>
      </div>
      <Filters of={[
        { name: 'from', label: 'From (2026-11-01)' }, { name: 'to', label: 'To' }, { name: 'provider', label: 'Provider' }, { name: 'service', label: 'Service' },
        { name: 'region', label: 'Region', choices: ['North', 'Central', 'South'].map((r) => ({ value: r, label: r })) }, { name: 'srv', label: 'Service request' }, { name: 'state', label: 'State' },
      ]} />
      <Loaded from={calendar}>{(value) => (
        <Table caption="Windows, in their order" rows={value.windows} rowKey={(w) => w.reference} total={value.total} empty={whyEmpty(query)} columns={[
          { title: 'Window', cell: (w) => <a class="govuk-link" href={recordPath('maintenance', w.reference)}>{w.reference}</a> },
          { title: 'State', cell: (w) => <State of={w.state} /> },
          { title: 'Provider', cell: (w) => w.provider },
          { title: 'Planned start', cell: (w) => <When at={w.planned_start ?? w.start} /> },
          { title: 'Planned end', cell: (w) => <When at={w.planned_end ?? w.end} plain /> },
          { title: 'Actual end', cell: (w) => <When at={w.actual_end} plain /> },
          { title: 'Touches', cell: (w) => [many(w.services ?? w.service), many(w.regions), many(w.srvs)].filter(Boolean).join('; ') },
          { title: 'Notice', cell: (w) => (w.notice_working_days === undefined ? '' : `${w.notice_working_days} working days`) },
          { title: 'Clashes', cell: (w) => (w.clashes?.length ? <Tag colour="red">with {w.clashes.join(', ')}</Tag> : '') },
        ]} />
      )}</Loaded>
    </>
  )
}
