// The script of the report page: tooltips, sorting, filtering. The page reads well without it.
#pragma once

namespace edgeopt::html {

inline constexpr const char* kPageScript = R"js(
(function () {
  'use strict';
  var tip = document.getElementById('tip');
  document.addEventListener('mousemove', function (event) {
    var mark = event.target.closest ? event.target.closest('[data-tip]') : null;
    tip.classList.toggle('on', mark !== null);
    if (mark === null) return;
    tip.textContent = mark.getAttribute('data-tip');
    var box = tip.getBoundingClientRect();
    var left = Math.min(event.clientX + 14, window.innerWidth - box.width - 8);
    var above = event.clientY - box.height - 12;
    tip.style.left = Math.max(8, left) + 'px';
    tip.style.top = (above < 8 ? event.clientY + 18 : above) + 'px';
  });

  function key(row, column) {
    var cell = row.cells[column];
    var value = cell.getAttribute('data-v');
    return value === null ? cell.textContent.trim().toLowerCase() : parseFloat(value);
  }

  function sort(table, header) {
    var column = header.cellIndex;
    var number = header.classList.contains('n');
    var old = header.getAttribute('aria-sort');
    var up = old === null ? true : old !== 'ascending';
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
      cell.removeAttribute('aria-sort');
    });
    header.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    rows.sort(function (a, b) {
      var x = key(a, column), y = key(b, column);
      var order = number ? x - y : x < y ? -1 : x > y ? 1 : 0;
      return up ? order : -order;
    });
    rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
  }

  Array.prototype.forEach.call(document.querySelectorAll('table.sortable'), function (table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (header) {
      header.querySelector('button').addEventListener('click', function () {
        sort(table, header);
      });
    });
  });

  Array.prototype.forEach.call(document.querySelectorAll('input[data-table]'), function (input) {
    var table = document.getElementById(input.getAttribute('data-table'));
    input.addEventListener('input', function () {
      var words = input.value.toLowerCase().split(/\s+/);
      Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (word) { return text.indexOf(word) >= 0; });
      });
    });
  });
})();
)js";

}  // namespace edgeopt::html
