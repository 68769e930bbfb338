import { useState } from 'preact/hooks'
import { apiUrl, part } from '@/lib/api'
import { useFilters } from '@/lib/location'
import { announce } from '@/parts/announce'
import { Button } from '@/parts/fields'
import { Filters, type Filter } from '@/parts/filters'
import { ProblemBox } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag, type Colour } from '@/parts/tag'
import { When } from '@/parts/when'
import { kMostRows, lineKey, type EventLine, type View } from '@/pages/live/feed'
import { useFeed } from '@/pages/live/use_feed'

const words = (list: string): { value: string; label: string }[] => list.split(' ').map((value) => ({ value, label: value }))
const kFilters: readonly Filter[] = [
  { name: 'q', label: 'Words' }, { name: 'user', label: 'User (EUI-64)' }, { name: 'device', label: 'Device' }, { name: 'hub', label: 'Hub' },
  { name: 'region', label: 'Region', choices: words('North Central South unknown') }, { name: 'service', label: 'Service (4.1.1)' },
  { name: 'area', label: 'Area', choices: words('TLS XSD SIG ACCESS ADT TRANSFORM ACB HOLD WAN DEVICE DCC DELIVERY ALERT OUTAGE SCHEDULE FIRMWARE ADMIN') },
  { name: 'tone', label: 'Outcome', choices: words('going done held refused failed note') }, { name: 'outcome', label: 'Exact outcome' },
  { name: 'from', label: 'From (2026-11-01T08:00:00Z)' }, { name: 'to', label: 'To' },
]
const kColours: Record<string, Colour> = { going: 'blue', done: 'green', held: 'yellow', refused: 'red', failed: 'red', note: 'grey' }

/// What happens: live until it is paused, looked through, or bound to a time; then history. The heading says which.
export function Live() {
  const [query, setQuery] = useFilters()
  const [again, setAgain] = useState(0)
  const [looking, setLooking] = useState(false)   // at older lines
  const grouped = query.get('grouped') !== 'no'
  const paused = query.get('paused') === 'yes'
  const bound = query.has('to')
  const live = !paused && !looking && !bound
  const filters = Object.fromEntries(kFilters.map((f) => [f.name, query.get(f.name) ?? '']))
  const feed = useFeed(filters, grouped, live, again)
  const toLive = () => {
    setLooking(false)
    setAgain((n) => n + 1)
    setQuery({ paused: '', to: '' }, { replace: true })
    announce('live')
  }
  return (
    <>
      <h1 class="govuk-heading-l">Live view</h1>
      <Filters of={kFilters} />
      <div class="mw-actions">
        {live && <Button kind="secondary" onClick={() => { setQuery({ paused: 'yes' }, { replace: true }); announce('paused') }}>Pause</Button>}
        {paused && !looking && !bound && <Button onClick={() => { setQuery({ paused: '' }, { replace: true }); announce('live') }}>Go on</Button>}
        {(looking || bound) && <Button onClick={toLive}>Back to live</Button>}
        <Button kind="secondary" onClick={() => setQuery({ grouped: grouped ? 'no' : '' })}>{grouped ? 'Every event' : 'A line a request'}</Button>
      </div>
      <State live={live} paused={paused} view={feed.view} at={feed.asOf} delayed={feed.problem !== null} />
      {feed.problem && <ProblemBox problem={feed.problem} />}
      {feed.loading ? <p class="govuk-body mw-muted">Loading…</p> : feed.asOf && <>
        <Lines rows={feed.view.rows} grouped={grouped} query={query} delayed={feed.problem !== null} />
        <div class="mw-under">
          {feed.view.older !== null && <Button kind="secondary" onClick={() => { setLooking(true); void feed.older() }}>Older</Button>}
          <a class="govuk-link" href={apiUrl('/events', { ...filters, ...(grouped ? { grouped: 'request' } : {}), order: 'newest', limit: 10000, format: 'csv' })} download>Download as CSV</a>
        </div>
      </>}
    </>
  )
}

/// Live or history, how old it is, and what is left out. Changes by the second, so it is not read out by itself.
function State({ live, paused, view, at, delayed }: { live: boolean; paused: boolean; view: View; at: Date | null; delayed: boolean }) {
  const last = view.last
  const oneIn = live && last ? last.one_in : 1
  return (
    <p class="govuk-body" data-feed={live ? 'live' : 'history'}>
      <Tag colour={delayed ? 'red' : live ? 'green' : 'yellow'}>{delayed ? 'delayed' : live ? 'live' : paused ? 'paused' : 'history'}</Tag>{' '}
      {live ? 'What happens, as it happens.' : 'What has happened; nothing comes by itself.'}{' '}
      {at && <span class="mw-muted">As of <When at={at.toISOString()} plain />.</span>}{' '}
      {oneIn > 1 && <Tag colour="orange">showing 1 in {oneIn}, nothing lost in store</Tag>}{' '}
      {last && <span class="mw-muted">{view.sinceAsked.looked > 0
        ? `${view.sinceAsked.looked} events looked at since, ${view.sinceAsked.fitted} fit, ${view.sinceAsked.shown} lines were shown; at most ${kMostRows} are kept here.`
        : `${last.looked_at} events looked at, ${last.fitted} fit.`}</span>}{' '}
      {last?.removed && <span class="mw-muted">The log begins after <When at={last.removed.latest} plain />: what is older was removed by its age.</span>}
    </p>
  )
}

function Lines({ rows, grouped, query, delayed }: { rows: readonly EventLine[]; grouped: boolean; query: URLSearchParams; delayed: boolean }) {
  return (
    <Table caption={grouped ? 'Requests, alerts and devices, each with its last step' : 'Events'} rows={rows} rowKey={(l) => lineKey(l, grouped)}
      empty={delayed ? 'delayed' : whyEmpty(query, 'grouped', 'paused')} columns={[
        { title: 'Time', cell: (l) => <When at={l.time} plain /> },
        { title: 'Outcome', cell: (l) => <Tag colour={kColours[l.tone] ?? 'grey'}>{l.tone}</Tag> },
        { title: 'Area', cell: (l) => l.area },
        { title: 'Step', cell: (l) => <span class="mw-nowrap">{l.step}: {l.outcome}</span> },
        { title: 'Service', cell: (l) => l.service ?? '' },
        { title: 'Of', cell: (l) => <a class="govuk-link mw-mono mw-nowrap" href={`/trace/${part(l.key)}`}>{l.key}</a> },
        { title: 'Region', cell: (l) => l.region ?? 'unknown' },
        { title: 'Detail', cell: (l) => <div class="mw-detail">{l.detail}</div> },
        ...(grouped ? [{ title: 'Events', cell: (l: EventLine) => l.events ?? 1, number: true }] : []),
      ]} />
  )
}
