// Everything works without this file; it only saves round trips and lost work. What it looks for:
//   data-error-summary            gets the focus when the page opens
//   data-key="F2"                 (on a link, button or box; several keys: "F9 Ctrl+Enter") staff shortcut,
//                                 only while <body data-shortcuts>
//   data-scan                     (input) its form is sent as soon as the scanner ends with Enter or Tab
//   data-autosave="URL"           (form) posted there every 20 s when something changed, or once when it came with data-unsaved
//   data-print                    (iframe of a paper) printed when loaded, opened in a tab where the browser refuses
//   data-check-all="suffix"       (button) ticks the boxes of its form whose names end so, but none with data-optional;
//                                 with data-value it chooses that radio instead
//   data-idle-seconds             (body) warns two minutes before the session ends
(function () {
  'use strict';
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var body = document.body;

  var summary = document.querySelector('[data-error-summary]');
  if (summary) { summary.focus(); }

  // One send per form: a second within 5 s is a double click. No button is disabled, so that its name is still sent.
  document.addEventListener('submit', function (event) {
    var form = event.target, now = Date.now();
    if (event.defaultPrevented || form.method !== 'post') { return; }
    if (form.sentAt && now - form.sentAt < 5000) { event.preventDefault(); return; }
    form.sentAt = now;
    form.changed = false;
  });
  window.addEventListener('pageshow', function () { all('form').forEach(function (form) { form.sentAt = 0; }); });

  // Shortcuts. Keys that switch keyboards or belong to the browser are never used.
  document.addEventListener('keydown', function (event) {
    if (event.isComposing || event.altKey || event.metaKey || event.shiftKey) { return; }
    var target = event.target;
    if (target.matches && target.matches('[data-scan]') && event.key === 'Tab' && target.value.length > 20) {
      event.preventDefault();
      send(target);
      return;
    }
    if (!body.hasAttribute('data-shortcuts')) { return; }
    var key = (event.ctrlKey ? 'Ctrl+' : '') + (event.key === 'Escape' ? 'Esc' : event.key);
    if (!/^(F[2489]|Ctrl\+Enter|Esc)$/.test(key)) { return; }
    var found = all('[data-key]').filter(function (item) {
      return item.getAttribute('data-key').split(' ').indexOf(key) >= 0 && item.getClientRects().length;
    });
    // The page's own control goes before the one in the header.
    var item = found.filter(function (one) { return one.closest('main'); })[0] || found[0];
    if (!item) { return; }
    event.preventDefault();
    if (item.matches('input:not([type=submit]), textarea, select')) { item.focus(); if (item.select) { item.select(); } } else { item.click(); }
  });

  function send(box) {
    var first = box.form.querySelector('button:not([type=button]), input[type=submit]');
    if (box.form.requestSubmit) { box.form.requestSubmit(first || undefined); } else if (first) { first.click(); } else { box.form.submit(); }
  }

  // A line at the bottom of the window, read out by screen readers.
  var banner = document.createElement('p');
  banner.className = 'banner';
  banner.setAttribute('role', 'status');
  banner.hidden = true;
  body.appendChild(banner);
  function tell(text) { banner.textContent = text; banner.hidden = !text; }

  var ENDED = 'Phiên làm việc đã hết. Đăng nhập lại, dữ liệu đang nhập được giữ trong bản nháp.';
  var OFFLINE = 'Mất mạng. Dữ liệu vẫn còn trên màn hình. Đừng đóng trang.';
  var drafts = all('form[data-autosave]');
  drafts.forEach(function (form) {
    form.changed = form.hasAttribute('data-unsaved');
    form.addEventListener('input', function () { form.changed = true; });
    form.addEventListener('change', function () { form.changed = true; });
    setInterval(function () { if (form.changed && !form.sentAt) { save(form); } }, 20000);
  });
  function save(form) {
    form.changed = false;
    fetch(form.getAttribute('data-autosave'), { method: 'POST', body: new FormData(form), credentials: 'same-origin', redirect: 'manual' })
      .then(function (answer) {
        if (answer.type === 'opaqueredirect') { form.changed = true; tell(ENDED); return; }
        if (!answer.ok) { throw new Error(answer.status); }
        touched();
        tell('');
      })
      .catch(function () { form.changed = true; if (!navigator.onLine) { tell(OFFLINE); } });
  }
  if (drafts.length) {
    window.addEventListener('offline', function () { tell(OFFLINE); });
    window.addEventListener('online', function () { tell(''); drafts.forEach(function (form) { if (form.changed) { save(form); } }); });
    // Sending while the line is down would replace the page, and what was typed, by the browser's error page.
    document.addEventListener('submit', function (event) {
      if (event.target.hasAttribute('data-autosave') && !navigator.onLine) { event.preventDefault(); event.target.sentAt = 0; tell(OFFLINE); }
    });
  }

  // Papers print themselves; where the browser refuses, they open in a tab. A browser that a program drives
  // has no print dialog (Chromium's page even dies of it), so there the paper is only shown.
  all('iframe[data-print]').forEach(function (frame) {
    var done = false;
    function print() {
      if (done || navigator.webdriver) { return; }
      done = true;
      try { frame.contentWindow.focus(); frame.contentWindow.print(); } catch (refused) { window.open(frame.src); }
    }
    frame.addEventListener('load', print);
    if (frame.contentDocument && frame.contentDocument.readyState === 'complete' && frame.contentDocument.URL !== 'about:blank') { print(); }
  });

  document.addEventListener('click', function (event) {
    var button = event.target.closest && event.target.closest('[data-check-all]');
    if (!button) { return; }
    event.preventDefault();
    var names = button.getAttribute('data-check-all'), value = button.getAttribute('data-value');
    var boxes = all('input[name$="' + names + '"]', button.form || document).filter(function (box) {
      return !box.disabled && box.getAttribute('data-optional') === null && (value === null || box.value === value);
    });
    var on = value !== null || boxes.some(function (box) { return !box.checked; });
    boxes.forEach(function (box) {
      if (box.checked !== on) { box.checked = on; box.dispatchEvent(new Event('change', { bubbles: true })); }
    });
  });

  var idle = Number(body.getAttribute('data-idle-seconds')), warning, end;
  function touched() {
    clearTimeout(warning);
    clearTimeout(end);
    if (!idle) { return; }
    warning = setTimeout(function () { tell('Phiên làm việc sẽ hết sau 2 phút nữa. Lưu lại hoặc mở trang khác để làm tiếp.'); }, Math.max(idle - 120, 1) * 1000);
    end = setTimeout(function () { tell(ENDED); }, idle * 1000);
  }
  touched();
})();
