// What a page tells of itself: frames, long tasks, shifts of the layout, keystrokes, and how its sockets get in.
(() => {
  const probe = { frames: [], tasks: [], shifts: 0, keys: [], most: 0, taps: [], authenticated: 0, focused: 0 };
  window.probe = probe;
  const wall = (time) => performance.timeOrigin + time;

  const observe = (type, take) => {
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  };
  observe("longtask", ({ startTime, duration }) => probe.tasks.push([startTime, duration]));
  observe("layout-shift", ({ value }) => (probe.shifts += value));

  let last = 0;
  const frame = (now) => {
    if (last) probe.frames.push(now - last);
    last = now;
    // Counting thousands of elements in each frame would be a load of its own.
    if (probe.frames.length % 30 === 0) probe.most = Math.max(probe.most, document.getElementsByTagName("*").length);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  /** After the next frame was painted. */
  const painted = (then) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => then(performance.now());
      channel.port2.postMessage(0);
    });
  };
  const listen = (type, hear) => addEventListener(type, hear, { capture: true, passive: true });
  listen("keydown", ({ timeStamp }) => painted((now) => probe.keys.push(now - timeStamp)));
  listen("pointerdown", ({ timeStamp }) => probe.taps.push(wall(timeStamp)));
  listen("focusin", () => painted((now) => (probe.focused = wall(now))));

  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      const hear = ({ data }) => {
        if (!/^\{"type":"(authenticated|reconnected)"/.test(data)) return;
        probe.authenticated = wall(performance.now());
        this.removeEventListener("message", hear);
      };
      this.addEventListener("message", hear);
    }
  };

  /** Forget what was, and begin to measure. */
  probe.start = () => {
    Object.assign(probe, { frames: [], keys: [], most: 0, from: performance.now() });
    last = 0;
  };
  probe.report = () => ({
    frames: probe.frames,
    tasks: probe.tasks.filter(([start]) => start >= (probe.from ?? 0)).map(([, duration]) => duration),
    keys: probe.keys,
    most: probe.most,
  });

  /** Look until something is so; Playwright's own way of waiting is forbidden by the pages' policy. */
  probe.until = (isSo) =>
    new Promise((done) => {
      const look = () => (isSo() ? done() : setTimeout(look, 20));
      look();
    });

  /** Scroll by so many pixels a frame until `isDone`, which is asked at the end of the way. */
  probe.scroll = (element, by, isDone) =>
    new Promise((done) => {
      const step = () => {
        const before = element.scrollTop;
        element.scrollTop += by;
        if (element.scrollTop === before && isDone()) done();
        else requestAnimationFrame(step);
      };
      step();
    });

  /** Scroll down, and up again from the end, until told to rest. */
  probe.wander = (element, by) => {
    let wandering = true;
    const step = () => {
      const before = element.scrollTop;
      element.scrollTop += by;
      if (element.scrollTop === before) by = -by;
      if (wandering) requestAnimationFrame(step);
    };
    probe.rest = () => (wandering = false);
    step();
  };
})();
