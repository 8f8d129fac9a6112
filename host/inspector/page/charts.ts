import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RequestInfo } from '../api/schemas.ts';
import { timeText } from './format.ts';
import { html } from './html.ts';
import { type RequestStats, rateSpan, statsOf } from './request-stats.ts';

/** How often the rate moves on when nothing happens, in milliseconds. */
const tick = 1000;

/** Rate, latency and hit ratio of requests. */
export function Charts({ requests }: { readonly requests: readonly RequestInfo[] }): VNode {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tick);
    return () => clearInterval(timer);
  }, []);
  const stats = statsOf(requests, Math.max(now, requests.at(-1)?.time ?? 0));
  return html`<${Rate} stats=${stats} /><${Latency} stats=${stats} /><${Hits} stats=${stats} />`;
}

interface ChartProps {
  readonly stats: RequestStats;
}

function Rate({ stats: { perSecond, errors } }: ChartProps): VNode {
  const recent = perSecond.slice(-11, -1);
  const rate = recent.reduce((sum, count) => sum + count, 0) / recent.length;
  const most = Math.max(1, ...perSecond);
  return html`
    <figure class="chart">
      <figcaption>Rate</figcaption>
      <p class="big">${rate < 10 ? rate.toFixed(1) : Math.round(rate)}<small> requests/s</small></p>
      <svg viewBox="0 0 ${rateSpan} 24" preserveAspectRatio="none" role="img" aria-label="Requests in each of the last ${rateSpan} seconds, at most ${most}">
        ${perSecond.map((count, index) => html`<rect key=${index} class="bar read" x=${index + 0.1} y=${24 - (count / most) * 24} width="0.8" height=${(count / most) * 24}></rect>`)}
      </svg>
      <p class="hint">last ${rateSpan} s${errors === 0 ? '' : html` · <span class="bad">${errors} failed</span>`}</p>
    </figure>
  `;
}

function Latency({ stats: { latency, histogram } }: ChartProps): VNode {
  const most = Math.max(1, ...histogram.map(({ count }) => count));
  const width = 60 / histogram.length;
  const shown = (time: number | undefined): string => (time === undefined ? '–' : timeText(time));
  return html`
    <figure class="chart">
      <figcaption>Latency</figcaption>
      <p class="big">${shown(latency?.p50)}<small> median</small></p>
      <svg viewBox="0 0 60 24" preserveAspectRatio="none" role="img" aria-label=${`Requests by time: ${histogram.map(({ upTo, count }) => `${count} up to ${timeText(upTo)}`).join(', ')}`}>
        ${histogram.map(({ count }, index) => html`<rect key=${index} class="bar atomic" x=${index * width + width * 0.05} y=${24 - (count / most) * 24} width=${width * 0.9} height=${(count / most) * 24}></rect>`)}
      </svg>
      <p class="hint">95 %: ${shown(latency?.p95)} · 99 %: ${shown(latency?.p99)}</p>
    </figure>
  `;
}

function Hits({ stats: { hits, misses } }: ChartProps): VNode {
  const all = hits + misses;
  const part = all === 0 ? 0 : hits / all;
  return html`
    <figure class="chart">
      <figcaption>Hit ratio</figcaption>
      <p class="big">${all === 0 ? '–' : `${Math.round(part * 100)} %`}<small> of reads</small></p>
      <svg viewBox="0 0 60 24" preserveAspectRatio="none" role="img" aria-label="${hits} hits, ${misses} misses">
        <rect class="track" x="0" y="9" width="60" height="6"></rect>
        <rect class="bar hit" x="0" y="9" width=${part * 60} height="6"></rect>
      </svg>
      <p class="hint">${hits.toLocaleString('en')} hits · ${misses.toLocaleString('en')} misses</p>
    </figure>
  `;
}
