{#- The bounds of the report year. Dates of the landing are days on the Madrid clock already. -#}

{% macro year_start() -%}
    cast('{{ report_year() }}-01-01' as date)
{%- endmacro %}

{% macro year_end() -%}
    cast('{{ report_year() }}-12-31' as date)
{%- endmacro %}

{#- Whether a day is in the report year. -#}
{% macro in_year(day) -%}
    ({{ day }} between {{ year_start() }} and {{ year_end() }})
{%- endmacro %}

{#- Whether a span of days holds 31 December, its last day included; a blank last day is still open. -#}
{% macro active_at_year_end(first_day, last_day) -%}
    (
        {{ first_day }} <= {{ year_end() }}
        and coalesce({{ last_day }} >= {{ year_end() }}, true)
    )
{%- endmacro %}
