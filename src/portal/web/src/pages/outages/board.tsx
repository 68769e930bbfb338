import { useFilters, withFilters } from '@/lib/location'
import { part } from '@/lib/api'
import { span } from '@/lib/time'
import { useApi } from '@/lib/use_api'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag, type Colour } from '@/parts/tag'
import { When } from '@/parts/when'

interface Percentiles { p50: number; p95: number; p99: number; p999: number; max: number }
interface Region {
  region: string; hubs_off: number; losses: number; largest_event: number; restored: number; repeats: number; owed: number; within_target: number; share: number | null
  not_acknowledged: number; left_out: { short: number; waiting: number; nobody_to_tell: number; return_only: number }
  to_acknowledged_ms: Percentiles | null; to_delivered_ms: Percentiles | null; hops_ms: Record<string, Percentiles | null>
}
interface Board { as_of: string; target_s: number; hubs_off: number; definitions: Record<string, string>; regions: Region[] }
interface Loss { id: string; hub: string; region: string | null; state: string; lost: string; restored: string | null; seconds: number | null; meters: number; told: number; repeats: number; trace: string }
interface Losses { outages: Loss[]; total: number; next: string | null }

const kColours: Record<string, Colour> = { off: 'red', waiting: 'yellow', restored: 'green', short: 'grey', return_only: 'grey' }
const ms = (value: number | undefined): string => (value === undefined ? '–' : `${(value / 1000).toFixed(1)} s`)
const percent = (share: number | null): string => (share === null ? 'nothing was owed' : `${(share * 100).toFixed(share === 1 ? 0 : 2)} %`)
const kHops: [string, string][] = [['hub_sent', 'Hub sent'], ['region_received', 'Region received'], ['region_sent', 'Region sent'], ['accepted', 'Accepted'],
  ['raised', 'Raised'], ['delivered', 'Push begun'], ['acknowledged', 'User said 204']]

/// Losses of supply: what is off now, how well the duty of telling within 60 s is met, and the rows behind each number.
export function OutageBoard() {
  const [query] = useFilters()
  const asked = Object.fromEntries(['region', 'state', 'hub', 'user', 'from', 'until'].map((name) => [name, query.get(name) ?? '']))
  const board = useApi<Board>('/outages/board', asked, { every: 10000 })
  const losses = useApi<Losses>('/outages', { ...asked, after: query.get('after'), limit: 100 }, { every: 10000 })
  const rowsOf = (region: string, state: string) => withFilters({ region: region === 'all' ? '' : region, state })
  return (
    <>
      <h1 class="govuk-heading-l">Outages</h1>
      <Filters of={[
        { name: 'region', label: 'Region', choices: ['North', 'Central', 'South', 'unknown'].map((r) => ({ value: r, label: r })) },
        { name: 'state', label: 'State', choices: ['off', 'waiting', 'restored', 'short', 'return_only'].map((s) => ({ value: s, label: s.replace('_', ' ') })) },
        { name: 'hub', label: 'Hub' }, { name: 'user', label: 'User (EUI-64)' }, { name: 'from', label: 'Lost from (2026-11-01T00:00:00Z)' }, { name: 'until', label: 'Until' },
      ]} />
      <Loaded from={board}>{(value) => (
        <>
          <p class="govuk-body"><strong>{value.hubs_off}</strong> {value.hubs_off === 1 ? 'hub is' : 'hubs are'} off. <span class="mw-muted">As of <When at={value.as_of} plain />.</span></p>
          <Table caption={`Alerts AD1 within ${value.target_s} s, by region`} rows={value.regions} rowKey={(r) => r.region} columns={[
            { title: 'Region', cell: (r) => r.region },
            { title: 'Off now', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, 'off,waiting')}>{r.hubs_off}</a>, number: true },
            { title: 'Losses', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, '')}>{r.losses}</a>, number: true },
            { title: 'Largest event', cell: (r) => `${r.largest_event} hub${r.largest_event === 1 ? '' : 's'}`, number: true },
            { title: 'In time', cell: (r) => <strong>{percent(r.share)}</strong>, number: true },
            { title: 'of owed', cell: (r) => `${r.within_target} of ${r.owed}`, number: true },
            { title: 'Not taken yet', cell: (r) => r.not_acknowledged, number: true },
            { title: 'p50', cell: (r) => ms(r.to_acknowledged_ms?.p50), number: true },
            { title: 'p99', cell: (r) => ms(r.to_acknowledged_ms?.p99), number: true },
            { title: 'p99.9', cell: (r) => ms(r.to_acknowledged_ms?.p999), number: true },
            { title: 'Restored', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, 'restored')}>{r.restored}</a>, number: true },
          ]} />
          <Table caption="p99 from the moment an alert was owed, hop by hop" rows={value.regions.filter((r) => r.owed > 0)} rowKey={(r) => r.region}
            empty={whyEmpty(query)} emptyWords="No alert was owed." columns={[
              { title: 'Region', cell: (r: Region) => r.region },
              ...kHops.map(([name, title]) => ({ title, cell: (r: Region) => ms(r.hops_ms[name]?.p99), number: true })),
            ]} />
          <Table caption="What is no part of the share" rows={value.regions} rowKey={(r) => r.region} columns={[
            { title: 'Region', cell: (r) => r.region },
            { title: 'Too short', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, 'short')}>{r.left_out.short}</a>, number: true },
            { title: 'Not owed yet', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, 'waiting')}>{r.left_out.waiting}</a>, number: true },
            { title: 'Nobody to tell', cell: (r) => r.left_out.nobody_to_tell, number: true },
            { title: 'Return without a loss', cell: (r) => <a class="govuk-link" href={rowsOf(r.region, 'return_only')}>{r.left_out.return_only}</a>, number: true },
            { title: 'Repeats suppressed', cell: (r) => r.repeats, number: true },
          ]} />
          <details class="govuk-details"><summary class="govuk-details__summary"><span class="govuk-details__summary-text">What is counted</span></summary>
            <dl>{Object.entries(value.definitions).map(([name, words]) => <div key={name}><dt><strong>{name}</strong></dt><dd>{words}</dd></div>)}</dl>
          </details>
          <p class="govuk-body"><a class="govuk-link" href={`/api/v1/outages/report?format=csv${asked.from ? `&from=${part(asked.from)}` : ''}${asked.until ? `&until=${part(asked.until)}` : ''}${asked.user ? `&user=${part(asked.user)}` : ''}`} download>Every alert with the raw stamp of each hop, as CSV</a></p>
        </>
      )}</Loaded>
      <Loaded from={losses}>{(value) => (
        <Table caption="Losses, the latest first" rows={value.outages} rowKey={(l) => l.id} total={value.total} next={value.next} empty={whyEmpty(query)} csv={{ path: '/outages', query: { ...asked, limit: 1000000 } }} columns={[
          { title: 'Hub', cell: (l) => <a class="govuk-link mw-mono mw-nowrap" href={withFilters({ hub: l.hub, state: '', region: '' })}>{l.hub}</a> },
          { title: 'Region', cell: (l) => l.region ?? 'unknown' },
          { title: 'State', cell: (l) => <Tag colour={kColours[l.state] ?? 'grey'}>{l.state.replace('_', ' ')}</Tag> },
          { title: 'Lost', cell: (l) => <When at={l.lost} /> },
          { title: 'Restored', cell: (l) => <When at={l.restored} plain /> },
          { title: 'Lasted', cell: (l) => (l.seconds === null ? '–' : span(l.seconds * 1e6)), number: true },
          { title: 'Meters', cell: (l) => l.meters, number: true },
          { title: 'Told', cell: (l) => l.told, number: true },
          { title: 'Trace', cell: (l) => <a class="govuk-link" href={`/trace/${part(l.trace)}`}>trace<span class="govuk-visually-hidden"> of the loss at {l.hub}</span></a> },
        ]} />
      )}</Loaded>
    </>
  )
}
