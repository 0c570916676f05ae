with

released as (

    select * from {{ ref('stg_released_figures') }}

),

final as (

    select
        figure_id,
        release,
        value
    from released
    where year = {{ report_year() }} - 1

)

select * from final
