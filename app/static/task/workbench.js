// The chart of the workbench: tasks made and completed by week, in the colours of the theme; each mark leads to its rows.
import { $ } from "ui/dom";

const place = $("#weeks");
const weeks = JSON.parse($("#weeks-data").textContent);
/** What a token is in the present theme. */
function colour(name) {
  place.style.color = `var(${name})`;
  return getComputedStyle(place).color;
}
let chart = null;

function draw() {
  const [ink, line, made, done] = ["--ink2", "--line", "--c3", "--c1"].map(colour);
  chart ??= window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    grid: { left: 26, right: 4, top: 26, bottom: 20 },
    legend: { right: 0, top: 0, itemWidth: 10, itemHeight: 8, textStyle: { color: ink, fontSize: 12 } },
    tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "category", data: weeks.map((one) => one.label), axisTick: { show: false }, axisLine: { lineStyle: { color: line } },
      axisLabel: { color: ink, fontSize: 11, interval: 3 } },
    yAxis: { type: "value", minInterval: 1, splitNumber: 2, axisLabel: { color: ink, fontSize: 11 }, splitLine: { lineStyle: { color: line } } },
    series: [
      { name: place.dataset.made, type: "bar", barMaxWidth: 10, data: weeks.map((one) => one.made), itemStyle: { color: made, borderRadius: 1 } },
      { name: place.dataset.done, type: "line", data: weeks.map((one) => one.done), symbolSize: 6, itemStyle: { color: done }, lineStyle: { color: done, width: 1.5 } },
    ],
  });
}

draw();
chart.on("click", (mark) => {
  location.assign(weeks[mark.dataIndex][mark.seriesIndex ? "done_url" : "made_url"]);
});
new ResizeObserver(() => chart.resize()).observe(place);
new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
