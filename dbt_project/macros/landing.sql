{#-
    The landing as SQL sees it.

    `attach_landing` runs before every build: one view a Parquet file. `landing(table)` is the one way in
    for staging models: the source with its declared corrections in place, columns as the contract lands them.
-#}

{% macro attach_landing() %}
    {%- if execute -%}
        {%- do run_query('create schema if not exists landing') -%}
        {%- for table in landing_columns() -%}
            {%- set path = env_var('METROPOLIS_LANDING') ~ '/' ~ table ~ '.parquet' -%}
            {%- do run_query(
                'create or replace view landing.' ~ table ~ ' as select * from ' ~ parquet_file(path)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro parquet_file(path) -%}
    {{ return(adapter.dispatch('parquet_file', 'metropolis')(path)) }}
{%- endmacro %}

{% macro default__parquet_file(path) -%}
    {{ return("read_parquet('" ~ path | replace("'", "''") ~ "')") }}
{%- endmacro %}

{% macro spark__parquet_file(path) -%}
    {{ return('parquet.`' ~ path ~ '`') }}
{%- endmacro %}

{% macro landing(table) %}
    {%- set landed = source('landing', table) -%}
    {%- set corrections = source('landing', 'corrected_values') -%}
    {%- set columns = landing_columns()[table] -%}
    {%- set values = [] -%}
    {%- for name, type in columns if name not in ['source_file', 'source_line'] -%}
        {%- do values.append((name, adapter.quote(name), type)) -%}
    {%- endfor -%}
    {%- if columns | length - values | length < 2 -%}
    select * from {{ landed }}
    {%- else -%}
    select
        landed.source_file,
        landed.source_line,
        {%- for name, quoted, type in values %}
        case
            when corrections.corrects_{{ name }} then cast(corrections.new_{{ name }} as {{ type }})
            else landed.{{ quoted }}
        end as {{ quoted }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ landed }} as landed
    left join (
        select
            source_file,
            source_line,
            {%- for name, quoted, type in values %}
            bool_or(column_name = '{{ name }}') as corrects_{{ name }},
            max(case when column_name = '{{ name }}' then new_value end) as new_{{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ corrections }}
        where table_name = '{{ table }}'
        group by source_file, source_line
    ) as corrections
        on
            landed.source_file = corrections.source_file
            and landed.source_line = corrections.source_line
    {%- endif -%}
{% endmacro %}
