import { apiUrl } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { recordPath, type LedgerRecord } from '@/lib/ledger'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'

/// A window is a record of kind maintenance, and what it meets.
export interface Window extends LedgerRecord { clashes?: string[] }
export const textOf = (window: Window, name: string): string => {
  const value = window.fields[name]
  return Array.isArray(value) ? value.map(String).join(', ') : value === undefined || value === null ? '' : String(value)
}

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
          { title: 'Activity', cell: (w) => textOf(w, 'title') },
          { title: 'Provider', cell: (w) => textOf(w, 'provider') },
          { title: 'Planned start', cell: (w) => <When at={textOf(w, 'start')} /> },
          { title: 'Planned end', cell: (w) => <When at={textOf(w, 'end')} plain /> },
          { title: 'Actual end', cell: (w) => <When at={textOf(w, 'actual_end')} plain /> },
          { title: 'Touches', cell: (w) => ['services', 'regions', 'srvs'].map((name) => textOf(w, name)).filter(Boolean).join('; ') },
          { title: 'Notice', cell: (w) => (textOf(w, 'notice_working_days') ? `${textOf(w, 'notice_working_days')} working days` : 'not confirmed yet') },
          { title: 'Clashes', cell: (w) => (w.clashes?.length ? <><Tag colour="red">clash</Tag> {w.clashes.map((c) => <a key={c} class="govuk-link" href={recordPath('maintenance', c)}>{c}</a>)}</> : '') },
        ]} />
      )}</Loaded>
    </>
  )
}
