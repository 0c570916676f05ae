{#- The day of the week, 1 for Monday to 7 for Sunday. -#}
{% macro iso_weekday(day) -%}
    {{ return(adapter.dispatch('iso_weekday', 'metropolis')(day)) }}
{%- endmacro %}

{% macro default__iso_weekday(day) -%}
    {{ return('extract(isodow from ' ~ day ~ ')') }}
{%- endmacro %}

{% macro spark__iso_weekday(day) -%}
    {{ return('(weekday(' ~ day ~ ') + 1)') }}
{%- endmacro %}
