// Small drawings for the tools. Knows shapes only; what they stand for is said in words beside them.
const svg = (inner, extra = '') => '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" '
  + `stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"${extra}>${inner}</svg>`;

const task = '<rect x="2.5" y="5" width="19" height="14" rx="2.5"/>';
const diamond = '<path d="m12 2 10 10-10 10L2 12z"/>';
const clock = (r) => `<circle cx="12" cy="12" r="${r}"/><path d="M12 8.6V12l2.4 1.6"/>`;
const dashed = (r) => `<circle cx="12" cy="12" r="${r}" stroke-dasharray="3.2 2.6"/>`;

export const icons = {
  userTask: svg(`${task}<circle cx="7.6" cy="9.6" r="1.7"/><path d="M4.8 15c0-1.9 1.2-2.9 2.8-2.9s2.8 1 2.8 2.9M13.5 10h5M13.5 14h5"/>`),
  scriptTask: svg(`${task}<path d="M7 9.5h5M7 12h7M7 14.5h4M17.2 9.4v5.2"/>`),
  serviceTask: svg(`${task}<circle cx="12" cy="12" r="2.6"/><path d="M12 7.6v1.8M12 14.6v1.8M7.6 12h1.8M14.6 12h1.8M8.9 8.9l1.2 1.2M13.9 13.9l1.2 1.2M15.1 8.9l-1.2 1.2M10.1 13.9l-1.2 1.2"/>`),
  ruleTask: svg(`${task}<rect x="6" y="8.5" width="12" height="7" rx=".6"/><path d="M6 11h12M10.5 8.5v7"/>`),
  subProcess: svg(`${task}<path d="M5.5 12h3M15.5 12h3"/><rect x="8.5" y="9.8" width="7" height="4.4" rx="1"/>`),
  exclusive: svg(`${diamond}<path d="m9.2 9.2 5.6 5.6M14.8 9.2l-5.6 5.6"/>`),
  parallel: svg(`${diamond}<path d="M12 7.8v8.4M7.8 12h8.4"/>`),
  inclusive: svg(`${diamond}<circle cx="12" cy="12" r="3.9"/>`),
  start: svg('<circle cx="12" cy="12" r="9"/>'),
  end: svg('<circle cx="12" cy="12" r="8.5" stroke-width="3.6"/>'),
  terminate: svg('<circle cx="12" cy="12" r="8.7" stroke-width="3"/><circle cx="12" cy="12" r="4.4" fill="currentColor" stroke="none"/>'),
  timer: svg(`<circle cx="12" cy="12" r="9.6"/>${clock(6.8)}`),
  timerSide: svg(`${dashed(9.6)}${dashed(6.8)}<path d="M12 8.6V12l2.4 1.6"/>`),
  attachTimer: svg('<path d="M21.5 10V7.5A2.5 2.5 0 0 0 19 5H5a2.5 2.5 0 0 0-2.5 2.5v8A2.5 2.5 0 0 0 5 18h5"/><circle cx="16" cy="17" r="5.4" fill="#fff"/><path d="M16 14.4V17l1.8 1.1"/>'),
  pool: svg('<rect x="2.5" y="4" width="19" height="16" rx="1"/><path d="M6.5 4v16M6.5 12h15"/>'),
  hand: svg('<path d="M12 3v18M3 12h18M12 3 9.5 5.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5"/>'),
  lasso: svg('<rect x="4" y="4" width="16" height="16" rx="1" stroke-dasharray="3.4 2.8"/>'),
  space: svg('<path d="M8 3v18M16 3v18M8 12H2.5M2.5 12l2-2M2.5 12l2 2M16 12h5.5M21.5 12l-2-2M21.5 12l-2 2"/>'),
  connect: svg('<circle cx="4.8" cy="19.2" r="2.3"/><path d="M6.5 17.5 19 5M19 5h-6M19 5v6"/>'),
  note: svg('<path d="M9 3H4v18h5M8 8h12M8 12h12M8 16h8"/>'),
  change: svg('<path d="M4 9a8 8 0 0 1 14-3.3L20 8M20 3v5h-5M20 15a8 8 0 0 1-14 3.3L4 16M4 21v-5h5"/>'),
  trash: svg('<path d="M4 6.5h16M9.5 6.5V4h5v2.5M6.5 6.5 7.3 20h9.4l.8-13.5M10 10.5v6M14 10.5v6"/>'),
  laneAbove: svg('<rect x="3" y="12" width="18" height="8" rx="1"/><path d="M12 9V2.5M8.8 5.7h6.4"/>'),
  laneBelow: svg('<rect x="3" y="4" width="18" height="8" rx="1"/><path d="M12 15v6.5M8.8 18.3h6.4"/>'),
  divideTwo: svg('<rect x="3" y="4" width="18" height="16" rx="1"/><path d="M3 12h18"/>'),
  divideThree: svg('<rect x="3" y="3.5" width="18" height="17" rx="1"/><path d="M3 9.2h18M3 14.8h18"/>'),
  flow: svg('<path d="M3 12h17M20 12l-5-4M20 12l-5 4"/>'),
  defaultFlow: svg('<path d="M3 12h17M20 12l-5-4M20 12l-5 4M6 16.5l4-9"/>'),
  align: svg('<path d="M4 3v18M8 6h12v4H8zM8 14h8v4H8z"/>'),
  undo: svg('<path d="M8.5 4 4 8.5 8.5 13M4 8.5h10a5.5 5.5 0 0 1 0 11h-5"/>'),
  redo: svg('<path d="M15.5 4 20 8.5 15.5 13M20 8.5H10a5.5 5.5 0 0 0 0 11h5"/>'),
  closer: svg('<circle cx="10.5" cy="10.5" r="7"/><path d="m15.8 15.8 5.2 5.2M10.5 7.5v6M7.5 10.5h6"/>'),
  farther: svg('<circle cx="10.5" cy="10.5" r="7"/><path d="m15.8 15.8 5.2 5.2M7.5 10.5h6"/>'),
  fit: svg('<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"/>'),
  list: svg('<path d="M9 6h12M9 12h12M9 18h12"/><path d="M4 6h.01M4 12h.01M4 18h.01" stroke-width="2.8"/>'),
  upload: svg('<path d="M12 16V4M7 8.5 12 4l5 4.5M4 15v5h16v-5"/>'),
  download: svg('<path d="M12 4v12M7 11.5l5 4.5 5-4.5M4 15v5h16v-5"/>'),
  compare: svg('<rect x="3" y="4" width="7.5" height="16" rx="1"/><rect x="13.5" y="4" width="7.5" height="16" rx="1"/><path d="M5.5 9h2.5M16 9h2.5M16 13h2.5"/>')
};
