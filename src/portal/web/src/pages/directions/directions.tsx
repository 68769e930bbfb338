import { recordPath, type LedgerRecord } from '@/lib/ledger'
import { useFilters } from '@/lib/location'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { State, Tag } from '@/parts/tag'
import { When } from '@/parts/when'

interface Page { records: LedgerRecord[]; total: number; next?: string }
const text = (record: LedgerRecord, name: string) => String(record.fields[name] ?? '')

/// Signed directions, what each has let go so far, and which devices are still blocked.
export function Directions() {
  const [query] = useFilters()
  const session = useSession()
  const directions = useApi<Page>('/ledger/signed_direction', { limit: 50 })
  const asked = { device: query.get('device'), owner: query.get('owner'), state: query.get('state') ?? 'blocked', after: query.get('after'), limit: 50 }
  const blocked = useApi<Page>('/ledger/blocked_device', asked, { every: 10000 })
  return (
    <>
      <h1 class="govuk-heading-l">Directions and blocked devices</h1>
      <p class="govuk-body">A device that a problem of its certificates blocks is let go under a signed direction that names it, and under none that does not.</p>
      {session.may(['ledger.signed_direction.create']) && <div class="mw-actions">
        <a class="govuk-button" href="/ledger/signed_direction/new">Take a signed direction</a>
        <a class="govuk-button govuk-button--secondary" href="/ledger/blocked_device/new">Block devices</a>
      </div>}
      <Loaded from={directions}>{(value) => (
        <Table caption="Signed directions" rows={value.records} rowKey={(r) => r.reference} total={value.total} csv={{ path: '/ledger/signed_direction' }} columns={[
          { title: 'Direction', cell: (r) => <a class="govuk-link mw-nowrap" href={recordPath('signed_direction', r.reference)}>{r.reference}</a> },
          { title: 'Authority', cell: (r) => `${text(r, 'authority')} ${text(r, 'number')}` }, { title: 'Allows', cell: (r) => text(r, 'action') },
          { title: 'State', cell: (r) => <State of={r.state} /> }, { title: 'Until', cell: (r) => <When at={text(r, 'until')} /> },
          { title: 'Names', cell: (r) => text(r, 'scope'), number: true }, { title: 'Let go', cell: (r) => <LetGo direction={r.reference} />, number: true },
        ]} />
      )}</Loaded>
      <Filters of={[
        { name: 'device', label: 'Device (EUI-64)' }, { name: 'owner', label: 'Responsible party' },
        { name: 'state', label: 'State', choices: [{ value: 'blocked', label: 'blocked' }, { value: 'released', label: 'released' }] },
      ]} />
      <Loaded from={blocked}>{(value) => (
        <Table caption={asked.state === 'released' ? 'Devices let go' : 'Devices that are blocked'} rows={value.records} rowKey={(r) => r.reference} total={value.total} next={value.next ?? null}
          empty={whyEmpty(query, 'state')} csv={{ path: '/ledger/blocked_device', query: { ...asked, limit: '', after: '' } }} columns={[
            { title: 'Record', cell: (r) => <a class="govuk-link mw-nowrap" href={recordPath('blocked_device', r.reference)}>{r.reference}</a> },
            { title: 'Device', cell: (r) => <a class="govuk-link mw-mono mw-nowrap" href={`/inventory/${text(r, 'device')}`}>{text(r, 'device')}</a> },
            { title: 'Responsible', cell: (r) => text(r, 'owner') }, { title: 'State', cell: (r) => <Tag colour={r.state === 'blocked' ? 'red' : 'green'}>{r.state}</Tag> },
            { title: 'Cause', cell: (r) => text(r, 'cause') }, { title: 'Since', cell: (r) => <When at={text(r, 'since')} /> },
            { title: 'Let go under', cell: (r) => text(r, 'direction') && <a class="govuk-link" href={recordPath('signed_direction', text(r, 'direction'))}>{text(r, 'direction')}</a> },
          ]} />
      )}</Loaded>
    </>
  )
}

/// How many devices have been let go under a direction, counted live; leads to them.
function LetGo({ direction }: { direction: string }) {
  const count = useApi<Page>('/ledger/blocked_device', { direction, state: 'released', limit: 1 }, { every: 10000, quiet: true })
  if (!count.value) return <span class="mw-muted">…</span>
  return <a class="govuk-link" href={`/ledger/blocked_device?state=released&direction=${encodeURIComponent(direction)}`}>{count.value.total}</a>
}

/// Devices whose network operator cell names another than registration does: whose move it is, and by which way.
export function Corrections() {
  const [query] = useFilters()
  const asked = { state: query.get('state'), able: query.get('able'), rightful: query.get('rightful'), device: query.get('device'), after: query.get('after'), limit: 50 }
  const cases = useApi<Page>('/ledger/correction_case', asked)
  return (
    <>
      <h1 class="govuk-heading-l">Correction cases</h1>
      <p class="govuk-body">A device accepts a new network operator certificate from the party in its cell alone, unless it is handed over or recovered.</p>
      <Filters of={[
        { name: 'state', label: 'State', choices: ['open', 'requested', 'closed'].map((s) => ({ value: s, label: s })) },
        { name: 'able', label: 'Party able to act' }, { name: 'rightful', label: 'Rightful party' }, { name: 'device', label: 'Device (EUI-64)' },
      ]} />
      <Loaded from={cases}>{(value) => (
        <Table caption="Correction cases" rows={value.records} rowKey={(r) => r.reference} total={value.total} next={value.next ?? null} empty={whyEmpty(query)}
          csv={{ path: '/ledger/correction_case', query: { ...asked, limit: '', after: '' } }} columns={[
            { title: 'Case', cell: (r) => <a class="govuk-link mw-nowrap" href={recordPath('correction_case', r.reference)}>{r.reference}</a> },
            { title: 'State', cell: (r) => <State of={r.state} /> },
            { title: 'Device', cell: (r) => <a class="govuk-link mw-mono mw-nowrap" href={`/inventory/${text(r, 'device')}`}>{text(r, 'device')}</a> },
            { title: 'Whose move it is', cell: (r) => <strong>{r.state === 'open' ? `${text(r, 'rightful')} asks; then ${text(r, 'able')}` : r.state === 'requested' ? text(r, 'able') : 'nobody: it is over'}</strong> },
            { title: 'Way', cell: (r) => text(r, 'route') }, { title: 'Rightful', cell: (r) => text(r, 'rightful') }, { title: 'Found', cell: (r) => <When at={text(r, 'found')} /> },
            { title: 'Leave until', cell: (r) => <When at={text(r, 'leave_until')} /> },
          ]} />
      )}</Loaded>
    </>
  )
}
